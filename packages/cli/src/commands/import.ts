import { createApp, createLog, type ImportFormat, loadConfig, systemClock } from '@millwright/server';
import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { fromEnvironment } from '../environment.ts';

/** What the flags of each format are. */
const usages: Record<ImportFormat, string> = {
  mlflow: '--from sqlite:///mlflow.db|postgresql://... [--artifacts FOLDER] [--workspace NAME]',
  mlruns: '--from FOLDER [--artifacts FOLDER]',
  tensorboard: '--from FOLDER',
  wandb: '--from FOLDER',
  'wandb-table': '--from FILE.csv [--metrics NAME,NAME]',
  neptune: '--from FOLDER',
  parquet: '--from FOLDER',
};

/** Told at most so often. */
const progressMs = 200;

/** Works on the data folder itself: no server may use it meanwhile, which its lock sees to. */
export const importFrom = async (format: ImportFormat, argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv, ['--merge']);
  const from = takeText(flags, '--from');
  const artifactsDir = takeText(flags, '--artifacts');
  const metrics = takeText(flags, '--metrics')?.split(',');
  const workspace = takeText(flags, '--workspace') ?? 'default';
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';
  const merge = takeSwitch(flags, '--merge');
  if (from === undefined || words.length > 0)
    throw new UsageError(
      `millwright import ${format} ${usages[format]} [--project NAME] [--merge] [--data-dir FOLDER]`,
    );
  const { config } = loadConfig({ flags });
  const log = createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) });
  const app = await createApp({ config: { ...config, worker: false }, log, staticDir: null });
  let shownAt = 0;
  try {
    if ((await app.platform.auth.findProject(project)) === null)
      throw new UsageError(`there is no project '${project}'. Create it first: millwright projects create ${project}`);
    const { counts, problems } = await app.importFrom(format, project, {
      from,
      artifactsDir,
      metrics,
      merge,
      workspace,
      progress: ({ runs, points, files }) => {
        if (!process.stderr.isTTY || performance.now() - shownAt < progressMs) return;
        shownAt = performance.now();
        process.stderr.write(`\r${runs} runs, ${points} points, ${files} files `);
      },
    });
    if (process.stderr.isTTY) process.stderr.write('\r');
    for (const text of problems) process.stderr.write(`note: ${text}\n`);
    process.stdout.write(
      `new here: ${counts.experiments} experiments, ${counts.runs} runs, ${counts.models} logged models, ${counts.registeredModels} registered models with ${counts.versions} versions, ${counts.files} files (${(counts.bytes / 1e6).toFixed(1)} MB); ${counts.points} points read\n`,
    );
    return 0;
  } finally {
    await app.close();
  }
};
