import type { DatasetVersion, RunInput } from '@millwright/contract';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isMillwrightError } from '#platform/errors';
import { existingModels } from '../logged-models/store.ts';
import type { RunState } from '../runs/run.ts';
import { lockRun, startedOn } from '../runs/store.ts';
import { writeFingerprints } from '../tried/store.ts';
import {
  type DatasetInput,
  type DatasetSummary,
  firstPer,
  keyOfDataset,
  namedVersionOf,
  type ModelOutput,
  type RunLinks,
} from './input.ts';
import * as store from './store.ts';
import { noRun, runInTrash } from '../refusals.ts';

export interface Inputs {
  /**
   * Tells what a run reads. A data set is one per experiment, name and digest, and read once by a run: what was told
   * first stays, so that a request told twice changes nothing. Errors: NOT_FOUND, CONFLICT for a run in the trash.
   */
  logInputs(
    ctx: Ctx,
    runId: string,
    inputs: { datasets?: readonly DatasetInput[]; models?: readonly string[] },
  ): Promise<void>;
  /** Logged models that a run made. Errors: NOT_FOUND, CONFLICT for a run in the trash. */
  logOutputs(ctx: Ctx, runId: string, outputs: readonly ModelOutput[]): Promise<void>;
  /** Of many runs at once; those that read and made nothing are missing. */
  runLinks(ctx: Ctx, runIds: readonly string[]): Promise<ReadonlyMap<string, RunLinks>>;
  /** The data sets a run read, the version it was started on first. Errors: NOT_FOUND. */
  runInputs(ctx: Ctx, runId: string): Promise<RunInput[]>;
  /** What runs of the experiments (by number) read: each data set once per context. */
  datasetsRead(ctx: Ctx, experiments: readonly number[], limit: number): Promise<DatasetSummary[]>;
}

/** The begin of a description tells where it comes from. */
const sourceCharacters = 2000;
/** More in an audit row help nobody. */
const namesInAudit = 100;

export const createInputs = (
  { database: { db }, changes, ids }: Platform,
  { lineage, data }: { lineage: LineageService; data: DataService },
): Inputs => {
  /** Those of the project that data sets name as what they are. */
  const versionsHere = async (ctx: Ctx, datasets: readonly DatasetInput[]): Promise<Map<string, DatasetVersion>> => {
    const named = new Set(datasets.flatMap(({ dataset }) => namedVersionOf(dataset) ?? []));
    const found = await Promise.all([...named].map((id) => findVersion(ctx, id)));
    return new Map(found.flatMap((version) => (version ? [[version.id, version] as const] : [])));
  };
  const findVersion = async (ctx: Ctx, id: string) => {
    try {
      return await data.findVersion(ctx, id);
    } catch (error) {
      if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const changeRun = (
    ctx: Ctx,
    runId: string,
    run: (change: Change, state: RunState) => Promise<object>,
  ): Promise<void> =>
    changes.change(ctx, async (change) => {
      const state = (await lockRun(change.db, ctx.project, runId)) ?? noRun(ctx.project, runId);
      if (state.deletedAt !== null) runInTrash(runId);
      const detail = { ...(await run(change, state)) };
      change.audit({ verb: 'run.update', resourceType: 'run', resourceId: runId, detail });
    });

  const linkModels = async (
    change: Change,
    run: RunState,
    direction: 'input' | 'output',
    models: readonly ModelOutput[],
  ): Promise<void> => {
    // Of one named twice, the last.
    const each = [...new Map(models.map((model) => [model.modelId, model])).values()];
    await store.putModelLinks(change.db, run.number, direction, each);
    const ofRun = { type: 'run', id: run.id };
    for (const id of await existingModels(
      change.db,
      run.project,
      each.map(({ modelId }) => modelId),
    )) {
      const ofModel = { type: 'logged-model', id };
      const [from, to] = direction === 'input' ? [ofModel, ofRun] : [ofRun, ofModel];
      await lineage.link(change, { project: run.project, from, to, kind: direction });
    }
  };

  const addDatasets = async (
    change: Change,
    run: RunState,
    inputs: readonly DatasetInput[],
    versions: ReadonlyMap<string, unknown>,
  ): Promise<string[]> => {
    const { project, experiment } = run;
    const each = firstPer(inputs, ({ dataset }) => keyOfDataset(dataset));
    if (each.length === 0) return [];
    const datasets = each.map(({ dataset }) => dataset);
    let known = await store.findDatasets(change.db, experiment, datasets);
    // In one order, so that nobody waits in a circle.
    const missing = datasets
      .filter((dataset) => !known.has(keyOfDataset(dataset)))
      .sort((a, b) => (keyOfDataset(a) < keyOfDataset(b) ? -1 : 1));
    for (const dataset of missing)
      await store.insertDataset(change.db, {
        ...dataset,
        id: ids.next('ind'),
        project,
        experiment,
        createdAt: change.now,
      });
    if (missing.length > 0) known = await store.findDatasets(change.db, experiment, datasets);
    const added: string[] = [];
    for (const { dataset, context, tags } of each) {
      const { number, id } = known.get(keyOfDataset(dataset)) as store.KnownDataset;
      if (!(await store.insertInput(change.db, { run: run.number, dataset: number, context, tags }))) continue;
      added.push(`${dataset.name} (${dataset.digest})`);
      const named = namedVersionOf(dataset);
      const isOurs = named !== null && versions.has(named);
      const from = isOurs ? { type: 'dataset-version', id: named } : { type: 'input-dataset', id };
      await lineage.link(change, { project, from, to: { type: 'run', id: run.id }, kind: 'input' });
    }
    // What is still under way is noted at its end.
    if (added.length > 0 && run.endedAt !== null) await writeFingerprints(change.db, [run]);
    return added;
  };

  return {
    async logInputs(ctx, runId, { datasets = [], models = [] }) {
      // Before the transaction, which must not wait for another read.
      const versions = await versionsHere(ctx, datasets);
      await changeRun(ctx, runId, async (change, run) => {
        const added = await addDatasets(change, run, datasets, versions);
        await linkModels(
          change,
          run,
          'input',
          models.map((modelId) => ({ modelId, step: 0 })),
        );
        return { datasets: added.slice(0, namesInAudit), modelInputs: models.slice(0, namesInAudit) };
      });
    },
    logOutputs: (ctx, runId, outputs) =>
      changeRun(ctx, runId, async (change, run) => {
        await linkModels(change, run, 'output', outputs);
        return { modelOutputs: outputs.map(({ modelId }) => modelId).slice(0, namesInAudit) };
      }),
    runLinks: (ctx, runIds) => store.readLinks(db, ctx.project, runIds),
    async runInputs(ctx, runId) {
      const started = await startedOn(db, ctx.project, runId);
      if (started === null) return noRun(ctx.project, runId);
      const read = (await store.readLinks(db, ctx.project, [runId])).get(runId)?.datasets ?? [];
      const versions = await versionsHere(ctx, read);
      const items = read.map(({ dataset, context }): RunInput => {
        const { name, digest, sourceType, source } = dataset;
        const ours = versions.get(namedVersionOf(dataset) ?? '');
        return {
          name,
          digest: ours?.digest ?? digest,
          context,
          sourceType,
          source: source.slice(0, sourceCharacters),
          datasetVersionId: ours?.id ?? null,
        };
      });
      const id = started.datasetVersionId;
      const version = id === null || versions.has(id) ? null : await findVersion(ctx, id);
      if (version === null) return items;
      const { datasetName, number, digest } = version;
      const own = { name: datasetName, digest, context: null, sourceType: 'version', source: `version ${number}` };
      return [{ ...own, datasetVersionId: version.id }, ...items];
    },
    datasetsRead: (ctx, experiments, limit) => store.summariseDatasets(db, ctx.project, experiments, limit),
  };
};
