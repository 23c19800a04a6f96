import type { Importer } from './import/writer.ts';
import { importMlflow } from './mlflow/index.ts';
import { importNeptune } from './neptune/import/index.ts';
import { importParquet } from './parquet/import/index.ts';
import { importTensorboard } from './tensorboard/import/index.ts';
import { importWandb } from './wandb/import/index.ts';
import { importWandbTable } from './wandb/table/index.ts';

export { openInference } from './open-inference/index.ts';
export { mlflow } from './mlflow/index.ts';
export type { ImportCounts, ImportOptions, ImportResult } from './import/writer.ts';

/** What other programs keep, by the name of the command that reads it. */
export const importers = {
  mlflow: importMlflow,
  mlruns: importMlflow,
  tensorboard: importTensorboard,
  wandb: importWandb,
  'wandb-table': importWandbTable,
  neptune: importNeptune,
  parquet: importParquet,
} satisfies Record<string, Importer>;

export type ImportFormat = keyof typeof importers;
