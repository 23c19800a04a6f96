import { idOfHex } from '#platform/ids';
import { metricValue } from '../../import/metric-value.ts';
import type { ForeignLinks, ForeignRun } from '../../import/source.ts';
import { modelIdFromWire, runIdFromWire, statusFromWire } from '../wire/ids.ts';
import { filesAt } from './files.ts';
import { entriesOf, type ForeignStore, type Row, textOf } from './store.ts';

const pointsPerRequest = 10_000;
const parentTag = 'mlflow.parentRunId';

/** null: its id is none of ours. */
export const runFrom = (store: ForeignStore, row: Row, artifactsDir: string | undefined): ForeignRun | null => {
  const hex = textOf(row['run_uuid']);
  const id = idOfHex('run', hex);
  if (id === null) return null;
  const own = { run_uuid: hex };
  return {
    id,
    name: textOf(row['name']) || hex.slice(0, 8),
    status: statusFromWire(textOf(row['status'])) ?? 'failed',
    startedAt: Number(row['start_time'] ?? 0),
    endedAt: row['end_time'] === null ? null : Number(row['end_time']),
    userId: textOf(row['user_id']),
    isDeleted: row['lifecycle_stage'] === 'deleted',
    entries: async () => ({
      parameters: entriesOf(await store.rows('params', own)),
      tags: entriesOf(await store.rows('tags', own)),
    }),
    async *points() {
      for await (const page of store.pages('metrics', own, pointsPerRequest))
        yield page.map((point) => ({
          key: textOf(point['key']),
          value: metricValue(point['is_nan'] ? Number.NaN : Number(point['value'])),
          step: Number(point['step']),
          at: Number(point['timestamp']),
        }));
    },
    files: () => filesAt(textOf(row['artifact_uri']), artifactsDir),
    async parent() {
      const [tag] = await store.rows('tags', { ...own, key: parentTag });
      return tag ? runIdFromWire(textOf(tag['value'])) : null;
    },
    links: () => readLinks(store, hex),
  };
};

const readLinks = async (store: ForeignStore, hex: string): Promise<ForeignLinks> => {
  if (!(await store.hasTable('inputs'))) return { datasets: [], inputs: [], outputs: [] };
  const datasets = [];
  const inputs = [];
  for (const input of await store.rows('inputs', { destination_id: hex }, 'input_uuid')) {
    if (input['source_type'] === 'MODEL_INPUT' || input['destination_type'] === 'MODEL_INPUT')
      inputs.push(modelIdFromWire(textOf(input['source_id'])));
    if (input['source_type'] !== 'DATASET') continue;
    const [dataset] = await store.rows('datasets', { dataset_uuid: textOf(input['source_id']) });
    if (!dataset) continue;
    const all = entriesOf(await store.rows('input_tags', { input_uuid: textOf(input['input_uuid']) }), 'name');
    const { 'mlflow.data.context': context = null, ...tags } = all;
    const optional = (name: string) => (dataset[name] === null ? null : textOf(dataset[name]));
    datasets.push({
      dataset: {
        name: textOf(dataset['name']),
        digest: textOf(dataset['digest']),
        sourceType: textOf(dataset['dataset_source_type']),
        source: textOf(dataset['dataset_source']),
        schema: optional('dataset_schema'),
        profile: optional('dataset_profile'),
      },
      context,
      tags,
    });
  }
  const outputs = (await store.rows('inputs', { source_id: hex }))
    .filter((row) => row['destination_type'] === 'MODEL_OUTPUT')
    .map((row) => ({ modelId: modelIdFromWire(textOf(row['destination_id'])), step: Number(row['step'] ?? 0) }));
  return { datasets, inputs, outputs };
};
