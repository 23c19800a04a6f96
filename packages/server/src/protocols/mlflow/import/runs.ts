import type { Experiment } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import { idOfHex } from '#platform/ids';
import { modelIdFromWire, runIdFromWire, statusFromWire } from '../wire/ids.ts';
import { copyFiles, folderOf } from './files.ts';
import type { Importing } from './index.ts';
import type { Row } from './store.ts';

const pointsPerRequest = 10_000;
const parentTag = 'mlflow.parentRunId';

const textOf = (value: Row[string] | undefined): string => (value === null || value === undefined ? '' : String(value));
export const entriesOf = (rows: readonly Row[], key = 'key', value = 'value'): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [textOf(row[key]), textOf(row[value])]));

/** A run with all that belongs to it. One that is here already only gets what it lacks of points and files. */
export const importRun = async (
  { store, services: { experiments }, ctx, options, counts, fresh, problem }: Importing,
  experiment: Experiment,
  row: Row,
): Promise<void> => {
  const hex = textOf(row['run_uuid']);
  const id = idOfHex('run', hex);
  if (id === null) return problem(`the run ${hex} was left out: its id is not of 32 hexadecimal digits`);
  const isKnown = await experiments.runExists(ctx, id);
  const known = isKnown ? await experiments.getRun(ctx, id) : null;
  const status = statusFromWire(textOf(row['status'])) ?? 'failed';
  if (!known) {
    await experiments.startRun(ctx, {
      id,
      experiment: experiment.id,
      name: textOf(row['name']) || hex.slice(0, 8),
      status,
      startedAt: Number(row['start_time'] ?? 0),
      userId: textOf(row['user_id']),
      parameters: entriesOf(await store.rows('params', { run_uuid: hex })),
      tags: entriesOf(await store.rows('tags', { run_uuid: hex })),
    });
    counts.runs += 1;
  }
  for await (const page of store.pages('metrics', { run_uuid: hex }, pointsPerRequest)) {
    const metrics = page.map((point) => ({
      key: textOf(point['key']),
      value: point['is_nan'] ? ('NaN' as const) : Number(point['value']),
      step: Number(point['step']),
      at: Number(point['timestamp']),
    }));
    await experiments.logToRun(ctx, { runId: id, metrics, evenDeleted: true });
    counts.points += metrics.length;
  }
  const isOpen = status === 'running' || status === 'scheduled';
  if (!isOpen && (!known || (known.endedAt === null && known.deletedAt === null))) {
    const endedAt = row['end_time'] === null ? null : Number(row['end_time']);
    await experiments.logToRun(ctx, { runId: id, update: (run) => ({ ...run, status, endedAt }) });
  }
  const folder = folderOf(textOf(row['artifact_uri']), options.artifactsDir);
  if (folder !== null) {
    const { files, bytes } = await copyFiles(experiments, ctx, folder, id, problem);
    counts.files += files;
    counts.bytes += bytes;
  }
  if (!known) fresh.add(id);
};

/** What a run read and made, once everything it may name is here; then it goes into the trash if it was there. */
export const finishRun = async (importing: Importing, row: Row): Promise<void> => {
  const { services, ctx, fresh } = importing;
  const { experiments } = services;
  const hex = textOf(row['run_uuid']);
  const id = idOfHex('run', hex);
  if (id === null) return;
  const isLinked = (await experiments.runLinks(ctx, [id])).has(id);
  if (!isLinked && (fresh.has(id) || (await experiments.getRun(ctx, id)).deletedAt === null))
    await importInputs({ store: importing.store, experiments, ctx }, hex, id);
  if (fresh.has(id) && row['lifecycle_stage'] === 'deleted') await experiments.setRunDeleted(ctx, id, true);
};

const importInputs = async (
  { store, experiments, ctx }: { store: Importing['store']; experiments: ExperimentsService; ctx: Ctx },
  hex: string,
  id: string,
): Promise<void> => {
  if (!(await store.hasTable('inputs'))) return;
  const datasets = [];
  const models = [];
  for (const input of await store.rows('inputs', { destination_id: hex }, 'input_uuid')) {
    if (input['source_type'] === 'MODEL_INPUT' || input['destination_type'] === 'MODEL_INPUT')
      models.push(modelIdFromWire(textOf(input['source_id'])));
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
  if (datasets.length > 0 || models.length > 0) await experiments.logInputs(ctx, id, { datasets, models });
  const outputs = (await store.rows('inputs', { source_id: hex })).filter(
    (row) => row['destination_type'] === 'MODEL_OUTPUT',
  );
  if (outputs.length > 0)
    await experiments.logOutputs(
      ctx,
      id,
      outputs.map((row) => ({
        modelId: modelIdFromWire(textOf(row['destination_id'])),
        step: Number(row['step'] ?? 0),
      })),
    );
};

/** Runs name their parents by a tag; a parent may come after its children. */
export const linkParents = async ({ store, services: { experiments }, ctx }: Importing): Promise<void> => {
  for await (const page of store.pages('tags', { key: parentTag }, 1000))
    for (const row of page) {
      const runId = idOfHex('run', textOf(row['run_uuid']));
      const parentRunId = runIdFromWire(textOf(row['value']));
      if (runId === null || !(await experiments.runExists(ctx, runId))) continue;
      if (!(await experiments.runExists(ctx, parentRunId))) continue;
      if ((await experiments.getRun(ctx, runId)).parentRunId === parentRunId) continue;
      await experiments.logToRun(ctx, { runId, evenDeleted: true, update: (run) => ({ ...run, parentRunId }) });
    }
};
