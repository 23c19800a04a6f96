import type { Experiment } from '@millwright/contract';
import { type ExperimentsService, mediaTypeOf } from '#experiments';
import type { Ctx } from '#platform/auth';
import { isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import { checkArtifactPath } from '../mlflow/artifacts/artifact-paths.ts';
import type { ForeignExperiment, ForeignFile, ForeignRun, ForeignSource } from './source.ts';

export interface ImportCounts {
  experiments: number;
  runs: number;
  points: number;
  models: number;
  registeredModels: number;
  versions: number;
  files: number;
  bytes: number;
}

export interface ImportResult {
  counts: ImportCounts;
  /** What was left out or is called otherwise here. */
  problems: string[];
}

export interface ImportOptions {
  /** A folder; of MLflow also `sqlite:///path` or `postgresql://...`. */
  from: string;
  /** Where the files of `mlflow-artifacts:` addresses lie; of a folder mlruns also those it names outside of itself. */
  artifactsDir?: string | undefined;
  /** Runs of an experiment whose name is taken here go into that one; otherwise into one with another name. */
  merge: boolean;
  /** Of a table that does not say it: which columns are metrics. */
  metrics?: readonly string[] | undefined;
  /** The workspace of MLflow that is imported. */
  workspace: string;
  /** Told after every run. */
  progress(counts: Readonly<ImportCounts>): void;
}

export interface ImportParts {
  experiments: ExperimentsService;
  registry: RegistryService;
  /** For what does not fit in memory. */
  tempDir: string;
}

/** Errors: INVALID_INPUT where it is not what the importer reads. */
export type Importer = (parts: ImportParts, ctx: Ctx, options: ImportOptions) => Promise<ImportResult>;

export interface WriterOptions extends Pick<ImportOptions, 'merge' | 'progress'> {
  /** Makes the experiment that clients start with. */
  createDefault?: (ctx: Ctx) => Promise<void>;
}

/** On an experiment that was imported: which one it was. */
const originTag = 'millwright.imported-from';
/** On a run or a model until everything that belongs to it is here. */
export const unfinishedTag = 'millwright.importing';
/** Problems beyond these are only counted. */
const problemLimit = 1000;

/**
 * Puts what a source holds into a project. Repeated, it adds only what is new; killed at any point, it is finished by the
 * next one: a run carries a tag until it is complete.
 */
export interface Writer {
  counts: ImportCounts;
  problem(text: string): void;
  result(): ImportResult;
  /** The experiment here that is the one there: imported before, merged by name, or made with a name that is free. */
  experimentFor(foreign: ForeignExperiment): Promise<Experiment>;
  /** A run with its points and files. One that is here already only gets what it lacks of them. */
  writeRun(experiment: Experiment, run: ForeignRun): Promise<void>;
  /** What it belongs to, read and made, once everything it may name is here; then the trash, if it lay there. */
  finishRun(run: ForeignRun): Promise<void>;
  /** Copies what is not there yet, by path and size. */
  copyFiles(root: string, files: AsyncIterable<ForeignFile>): Promise<void>;
}

export const createWriter = (experiments: ExperimentsService, ctx: Ctx, options: WriterOptions): Writer => {
  // A run is looked at twice.
  const problems = new Set<string>();
  let leftOut = 0;
  const counts: ImportCounts = {
    experiments: 0,
    runs: 0,
    points: 0,
    models: 0,
    registeredModels: 0,
    versions: 0,
    files: 0,
    bytes: 0,
  };
  const problem = (text: string): void => {
    if (problems.size < problemLimit) problems.add(text);
    else leftOut += 1;
  };
  let origins: Promise<Map<string, string>> | undefined;

  /** Ids of the experiments that were imported before. */
  const readOrigins = async (): Promise<Map<string, string>> => {
    const known = new Map<string, string>();
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await experiments.listExperiments(ctx, { limit: 1000, view: 'all', ...(cursor ? { cursor } : {}) });
      for (const { id, tags } of page.items) if (tags[originTag] !== undefined) known.set(tags[originTag], id);
      cursor = page.nextCursor ?? undefined;
    }
    return known;
  };

  const writer: Writer = {
    counts,
    problem,
    result: () => ({
      counts,
      problems: [...problems, ...(leftOut === 0 ? [] : [`${leftOut} more are not listed`])],
    }),
    async experimentFor({ origin, name: wanted, description, isDefault = false, tags, artifactLocation = null }) {
      origins ??= readOrigins();
      const known = (await origins).get(origin);
      if (known !== undefined) return experiments.findExperiment(ctx, known);
      if (isDefault) await options.createDefault?.(ctx);
      const taken = await experiments.experimentBy(ctx, { name: wanted });
      const isSame = taken && taken.deletedAt === null && (options.merge || isDefault || taken.runCount === 0);
      if (isSame) {
        await experiments.updateExperiment(ctx, taken.id, { tags: { [originTag]: origin } });
        (await origins).set(origin, taken.id);
        return experiments.findExperiment(ctx, taken.id);
      }
      let name = wanted;
      for (let suffix = 2; await experiments.experimentBy(ctx, { name }); suffix++) name = `${wanted} (${suffix})`;
      if (name !== wanted) problem(`the experiment '${wanted}' is called '${name}' here: the name was taken`);
      const made = await experiments.createExperiment(ctx, {
        name,
        description,
        tags: { ...tags, [originTag]: origin },
        artifactLocation,
      });
      counts.experiments += 1;
      (await origins).set(origin, made.id);
      return made;
    },
    async writeRun(experiment, run) {
      const { id, name, status, startedAt, endedAt, userId, note = '' } = run;
      const known = (await experiments.runExists(ctx, id)) ? await experiments.getRun(ctx, id) : null;
      if (!known) {
        const { parameters, tags } = await run.entries();
        await experiments.startRun(ctx, {
          id,
          experiment: experiment.id,
          name,
          status,
          startedAt,
          userId,
          parameters,
          tags: { ...tags, [unfinishedTag]: 'yes' },
        });
        counts.runs += 1;
      }
      for await (const metrics of run.points()) {
        await experiments.logToRun(ctx, { runId: id, metrics, evenDeleted: true });
        counts.points += metrics.length;
      }
      const isOpen = status === 'running' || status === 'scheduled';
      if (!isOpen && (!known || (known.endedAt === null && known.deletedAt === null)))
        await experiments.logToRun(ctx, {
          runId: id,
          update: (state) => ({ ...state, status, endedAt, note: state.note || note }),
        });
      await writer.copyFiles(id, run.files());
      options.progress(counts);
    },
    async finishRun(run) {
      if (!(await experiments.runExists(ctx, run.id))) return;
      const state = await experiments.getRun(ctx, run.id);
      const isUnfinished = unfinishedTag in state.tags;
      const parent = state.parentRunId === null ? ((await run.parent?.()) ?? null) : null;
      const newParent = parent !== null && (await experiments.runExists(ctx, parent)) ? parent : null;
      const links = state.deletedAt === null ? await missingLinks(run, isUnfinished) : undefined;
      if (links && links.datasets.length + links.inputs.length > 0)
        await experiments.logInputs(ctx, run.id, { datasets: links.datasets, models: links.inputs });
      if (links && links.outputs.length > 0) await experiments.logOutputs(ctx, run.id, links.outputs);
      if (!isUnfinished && newParent === null) return;
      const isGoing = isUnfinished && run.isDeleted === true;
      await experiments.logToRun(ctx, {
        runId: run.id,
        evenDeleted: true,
        removedTags: isUnfinished ? [unfinishedTag] : [],
        update: (before, now) => ({
          ...before,
          parentRunId: newParent ?? before.parentRunId,
          deletedAt: before.deletedAt ?? (isGoing ? now : null),
        }),
      });
    },
    async copyFiles(root, files) {
      for await (const { path: given, sizeBytes, open } of files) {
        let path: string;
        try {
          path = checkArtifactPath(given);
        } catch (error) {
          if (!isMillwrightError(error)) throw error;
          problem(`the file ${JSON.stringify(given)} was left out: its name cannot be a path of an artifact`);
          continue;
        }
        if ((await experiments.findFile(ctx, { root, path }))?.sizeBytes === sizeBytes) continue;
        await experiments.putFile(ctx, { root, path }, open(), mediaTypeOf(path));
        counts.files += 1;
        counts.bytes += sizeBytes;
      }
    },
  };

  const missingLinks = async (run: ForeignRun, isUnfinished: boolean) => {
    if (!run.links) return undefined;
    if (!isUnfinished && (await experiments.runLinks(ctx, [run.id])).has(run.id)) return undefined;
    return run.links();
  };
  return writer;
};

/** Everything of a source that holds runs only. */
export const writeSource = async (experiments: ExperimentsService, writer: Writer, ctx: Ctx, source: ForeignSource) => {
  for await (const foreign of source.experiments()) {
    const experiment = await writer.experimentFor(foreign);
    // Imported before, and in the trash here.
    if (experiment.deletedAt !== null) continue;
    for await (const run of foreign.runs()) await writer.writeRun(experiment, run);
    for await (const run of foreign.runs()) await writer.finishRun(run);
    if (foreign.isDeleted) await experiments.setExperimentDeleted(ctx, experiment.id, true);
  }
};
