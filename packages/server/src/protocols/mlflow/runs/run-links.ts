import type { DatasetInput, RunLinks } from '#experiments';
import { modelIdOnWire } from '../wire/ids.ts';

/** Natively a field of its own. */
export const contextTag = 'mlflow.data.context';

const datasetInputOnWire = ({ dataset, context, tags }: DatasetInput) => {
  const all = Object.entries({ ...tags, ...(context === null ? {} : { [contextTag]: context }) });
  return {
    ...(all.length > 0
      ? { tags: all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value })) }
      : {}),
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      ...(dataset.schema === null ? {} : { schema: dataset.schema }),
      ...(dataset.profile === null ? {} : { profile: dataset.profile }),
    },
  };
};

/** The parts of a run that say what it read and made. */
export const linksOnWire = ({ datasets, models, outputs }: RunLinks = { datasets: [], models: [], outputs: [] }) => ({
  inputs: {
    ...(datasets.length > 0 ? { dataset_inputs: datasets.map(datasetInputOnWire) } : {}),
    ...(models.length > 0 ? { model_inputs: models.map((id) => ({ model_id: modelIdOnWire(id) })) } : {}),
  },
  outputs:
    outputs.length > 0
      ? { model_outputs: outputs.map(({ modelId, step }) => ({ model_id: modelIdOnWire(modelId), step })) }
      : {},
});
