import type { Experiment } from '@millwright/contract';
import { idOfHex } from '#platform/ids';
import { runIdFromWire } from '../wire/ids.ts';
import { readStage } from '../registry/model-names.ts';
import { copyFiles, folderOf } from './files.ts';
import type { Importing } from './index.ts';
import { entriesOf } from './runs.ts';
import type { Row } from './store.ts';

const textOf = (value: Row[string] | undefined): string => (value === null || value === undefined ? '' : String(value));
/** As MLflow numbers them. */
const statuses = { 1: 'pending', 2: 'ready', 3: 'failed' } as const;

/** A logged model with what was measured of it, and its files. One that is here already gets only files it lacks. */
export const importLoggedModel = async (
  { store, services: { experiments }, ctx, options, counts, problem }: Importing,
  experiment: Experiment,
  row: Row,
): Promise<void> => {
  const wireId = textOf(row['model_id']);
  const id = idOfHex('lm', wireId.replace(/^m-/, ''));
  if (id === null) return problem(`the logged model ${wireId} was left out: its id is not of 32 hexadecimal digits`);
  const known = await experiments.getLoggedModel(ctx, id, { evenDeleted: true }).catch(() => null);
  if (!known) {
    await experiments.createLoggedModel(ctx, {
      id,
      experiment: experiment.number,
      name: textOf(row['name']),
      modelType: textOf(row['model_type']),
      sourceRunId: row['source_run_id'] ? runIdFromWire(textOf(row['source_run_id'])) : '',
      parameters: entriesOf(await store.rows('logged_model_params', { model_id: wireId }), 'param_key', 'param_value'),
      tags: entriesOf(await store.rows('logged_model_tags', { model_id: wireId }), 'tag_key', 'tag_value'),
    });
    counts.models += 1;
    const points = await store.rows('logged_model_metrics', { model_id: wireId });
    for (const [runHex, own] of Map.groupBy(points, (point) => textOf(point['run_id']))) {
      const runId = runIdFromWire(runHex);
      if (!(await experiments.runExists(ctx, runId))) continue;
      const modelMetrics = own.map((point) => ({
        modelId: id,
        key: textOf(point['metric_name']),
        value: point['metric_value'] === null ? ('NaN' as const) : Number(point['metric_value']),
        step: Number(point['metric_step']),
        at: Number(point['metric_timestamp_ms']),
        datasetName: textOf(point['dataset_name']),
        datasetDigest: textOf(point['dataset_digest']),
      }));
      await experiments.logToRun(ctx, { runId, modelMetrics, evenDeleted: true });
    }
    const status = statuses[Number(row['status']) as keyof typeof statuses];
    if (status !== undefined && status !== 'pending') await experiments.setLoggedModelStatus(ctx, id, status);
  }
  const folder = folderOf(textOf(row['artifact_location']), options.artifactsDir);
  if (folder !== null) {
    const { files, bytes } = await copyFiles(experiments, ctx, folder, id, problem);
    counts.files += files;
    counts.bytes += bytes;
  }
  if (!known && row['lifecycle_stage'] === 'deleted') await experiments.deleteLoggedModel(ctx, id);
};

/** Where the files of a version lie here, by its source; null: elsewhere. */
const filesOf = async (
  { store, services: { experiments }, ctx }: Importing,
  row: Row,
): Promise<{ root: string; path: string } | null> => {
  const source = textOf(row['source']);
  const [, runHex = '', runPath = ''] = /^runs:\/([0-9a-f]{32})(?:\/(.*))?$/.exec(source) ?? [];
  if (runHex !== '') {
    const root = runIdFromWire(runHex);
    return (await experiments.runExists(ctx, root)) ? { root, path: runPath } : null;
  }
  const model = /^models:\/m-([0-9a-f]{32})$/.exec(source)?.[1];
  if (model !== undefined) {
    const root = idOfHex('lm', model) as string;
    const isHere = await experiments.getLoggedModel(ctx, root, { evenDeleted: true }).catch(() => null);
    return isHere && { root, path: '' };
  }
  const runId = textOf(row['run_id']);
  const [run] = runId === '' ? [] : await store.rows('runs', { run_uuid: runId });
  const base = textOf(run?.['artifact_uri']);
  const root = runIdFromWire(runId);
  const isBelow = base !== '' && source.startsWith(`${base}/`) && (await experiments.runExists(ctx, root));
  return isBelow ? { root, path: source.slice(base.length + 1) } : null;
};

/** Registered models with their versions in the numbers they have; a model of that name that is here already stays. */
export const importRegisteredModels = async (importing: Importing): Promise<void> => {
  const { store, services, ctx, options, counts, problem } = importing;
  const { registry } = services;
  if (!(await store.hasTable('registered_models'))) return;
  for (const model of await store.rows('registered_models', {}, 'name')) {
    if (textOf(model['workspace']) !== '' && model['workspace'] !== options.workspace) continue;
    const name = textOf(model['name']);
    if (await registry.modelNamed(ctx, name)) {
      problem(`the model '${name}' is here already and was left as it is`);
      continue;
    }
    const ofModel = model['workspace'] === undefined ? { name } : { name, workspace: options.workspace };
    const tags = entriesOf(await store.rows('registered_model_tags', ofModel));
    const { id } = await registry.createModel(ctx, {
      name,
      description: textOf(model['description']),
      tags,
      approval: 'none',
    });
    counts.registeredModels += 1;
    const numbers = new Map<number, string>();
    const gone: string[] = [];
    for (const row of await store.rows('model_versions', ofModel, 'version')) {
      const number = Number(row['version']);
      const files = await filesOf(importing, row);
      const run = textOf(row['run_id']);
      const version = await registry.registerSource(ctx, id, {
        source: textOf(row['source']),
        files,
        downloadUri: null,
        runId: run === '' ? null : runIdFromWire(run),
        namedRun: run === '' ? null : run,
        runLink: textOf(row['run_link']),
        note: textOf(row['description']),
        tags: entriesOf(await store.rows('model_version_tags', { ...ofModel, version: number })),
      });
      if (version.number !== number)
        problem(`version ${number} of the model '${name}' has the number ${version.number} here`);
      counts.versions += 1;
      numbers.set(number, version.id);
      const stage = textOf(row['current_stage']);
      if (stage === 'Deleted_Internal') gone.push(version.id);
      else if (stage !== '' && stage !== 'None')
        await registry.updateVersion(ctx, version.id, { stage: readStage(stage) });
    }
    if (await store.hasTable('registered_model_aliases'))
      for (const alias of await store.rows('registered_model_aliases', ofModel)) {
        const version = numbers.get(Number(alias['version']));
        if (version !== undefined) await registry.setAlias(ctx, id, textOf(alias['alias']), version);
      }
    for (const version of gone) await registry.deleteVersion(ctx, version);
  }
};
