import type { Experiment, ModelVersion } from '@millwright/contract';
import { idOfHex } from '#platform/ids';
import { runIdFromWire } from '../wire/ids.ts';
import { metricValue } from '../../import/metric-value.ts';
import { unfinishedTag } from '../../import/writer.ts';
import { readStage } from '../registry/model-names.ts';
import { filesAt } from './files.ts';
import type { Importing } from './index.ts';
import { entriesOf, type Row, textOf } from './store.ts';

/** As MLflow numbers them. */
const statuses = { 1: 'pending', 2: 'ready', 3: 'failed' } as const;

/** A logged model with what was measured of it, and its files. One that is here already gets only files it lacks. */
export const importLoggedModel = async (
  { store, services: { experiments }, ctx, options, writer }: Importing,
  experiment: Experiment,
  row: Row,
): Promise<void> => {
  const wireId = textOf(row['model_id']);
  const id = idOfHex('lm', wireId.replace(/^m-/, ''));
  if (id === null)
    return writer.problem(`the logged model ${wireId} was left out: its id is not of 32 hexadecimal digits`);
  const known = await experiments.getLoggedModel(ctx, id, { evenDeleted: true }).catch(() => null);
  const status = statuses[Number(row['status']) as keyof typeof statuses] ?? 'pending';
  // Made as pending, it gets its status last: an import that was killed is finished by the next one.
  const isUnfinished = !known || (known.status === 'pending' && status !== 'pending');
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
    writer.counts.models += 1;
  }
  if (isUnfinished) {
    const points = await store.rows('logged_model_metrics', { model_id: wireId });
    for (const [runHex, own] of Map.groupBy(points, (point) => textOf(point['run_id']))) {
      const runId = runIdFromWire(runHex);
      if (!(await experiments.runExists(ctx, runId))) continue;
      const modelMetrics = own.map((point) => ({
        modelId: id,
        key: textOf(point['metric_name']),
        value: metricValue(Number(point['metric_value'] ?? Number.NaN)),
        step: Number(point['metric_step']),
        at: Number(point['metric_timestamp_ms']),
        datasetName: textOf(point['dataset_name']),
        datasetDigest: textOf(point['dataset_digest']),
      }));
      await experiments.logToRun(ctx, { runId, modelMetrics, evenDeleted: true });
    }
  }
  await writer.copyFiles(id, filesAt(textOf(row['artifact_location']), options.artifactsDir));
  if (isUnfinished && status !== 'pending') await experiments.setLoggedModelStatus(ctx, id, status);
  if (isUnfinished && row['lifecycle_stage'] === 'deleted') await experiments.deleteLoggedModel(ctx, id);
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
  const { store, services, ctx, options, writer } = importing;
  const { registry } = services;
  const { counts, problem } = writer;
  if (!(await store.hasTable('registered_models'))) return;
  for (const model of await store.rows('registered_models', {}, 'name')) {
    if (textOf(model['workspace']) !== '' && model['workspace'] !== options.workspace) continue;
    const name = textOf(model['name']);
    const known = await registry.modelNamed(ctx, name);
    if (known && !(unfinishedTag in known.tags)) {
      problem(`the model '${name}' is here already and was left as it is`);
      continue;
    }
    const ofModel = model['workspace'] === undefined ? { name } : { name, workspace: options.workspace };
    const tags = entriesOf(await store.rows('registered_model_tags', ofModel));
    const made =
      known ??
      (await registry.createModel(ctx, {
        name,
        description: textOf(model['description']),
        tags: { ...tags, [unfinishedTag]: 'yes' },
        approval: 'none',
      }));
    const { id } = made;
    if (!known) counts.registeredModels += 1;
    const numbers = new Map<number, string>();
    const gone: string[] = [];
    const rows = await store.rows('model_versions', ofModel, 'version');
    for (const [index, row] of rows.entries()) {
      // Numbers are given out in order: what an import before this one registered is not registered again.
      const version =
        index < made.versionCount
          ? await registry.versionNumbered(ctx, id, index + 1)
          : await registerVersion(importing, id, row, ofModel);
      if (!version) continue;
      const number = Number(row['version']);
      if (version.number !== number)
        problem(`version ${number} of the model '${name}' has the number ${version.number} here`);
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
    await registry.updateModel(ctx, id, { tags: { [unfinishedTag]: null } });
  }
};

const registerVersion = async (
  importing: Importing,
  modelId: string,
  row: Row,
  ofModel: Record<string, string>,
): Promise<ModelVersion> => {
  const { store, services, ctx, writer } = importing;
  const run = textOf(row['run_id']);
  const version = await services.registry.registerSource(ctx, modelId, {
    source: textOf(row['source']),
    files: await filesOf(importing, row),
    downloadUri: null,
    runId: run === '' ? null : runIdFromWire(run),
    namedRun: run === '' ? null : run,
    runLink: textOf(row['run_link']),
    note: textOf(row['description']),
    tags: entriesOf(await store.rows('model_version_tags', { ...ofModel, version: Number(row['version']) })),
  });
  writer.counts.versions += 1;
  return version;
};
