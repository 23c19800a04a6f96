import { foreignRunTags, type Run, runFiles, runTags } from '@millwright/contract';
import type { DataService } from '#data';
import { type ExperimentsService, isSeed } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isMillwrightError } from '#platform/errors';
import type { TrainingService } from '#training';
import {
  type Checked,
  checkCommit,
  checkRepository,
  checkWorkdir,
  readArguments,
  type RecordedCommand,
} from './command.ts';
import { readPackages, type RecordedPackages } from './packages.ts';
import type { RunFacts } from './score.ts';

export interface KnownParts {
  data: DataService;
  experiments: ExperimentsService;
  training: TrainingService;
}

/** Whatever is larger was not written by what records runs. */
const largestTextBytes = 4_000_000;
/** Sources that others can read from, as MLflow calls them. */
const fetchable = /^(?:https?|s3|gs|abfss?|hf|hugging_face|huggingface|delta_table|databricks-uc-table|spark)$/i;

const isThere = async (reading: Promise<unknown>): Promise<boolean> => {
  try {
    await reading;
    return true;
  } catch (error) {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return false;
    throw error;
  }
};

/** Reads what a run says about how it was made. */
export const createKnown = (platform: Platform, { data, experiments, training }: KnownParts) => {
  const readText = async (ctx: Ctx, runId: string, path: string): Promise<string | null> => {
    const file = await experiments.findFile(ctx, { root: runId, path });
    if (file === null || file.sizeBytes > largestTextBytes) return null;
    const { stream } = await platform.blobs.get(file.digest);
    return Buffer.concat(await stream.toArray()).toString('utf8');
  };

  const seedsOf = (run: Run): string[] => {
    const told = run.tags[runTags.seeds];
    let sources: string[] = [];
    try {
      sources = told === undefined ? [] : Object.keys(JSON.parse(told) as Record<string, unknown>);
    } catch {
      // Somebody set the tag by hand.
    }
    const parameters = Object.entries(run.parameters)
      .filter(([key, value]) => isSeed(key) && !/^(?:none|null|)$/i.test(value))
      .map(([key]) => `the parameter ${key}`);
    return [...sources, ...parameters];
  };

  const packagesOf = async (ctx: Ctx, run: Run): Promise<RecordedPackages> =>
    readPackages((await readText(ctx, run.id, runFiles.packages)) ?? '');

  const datasetsOf = async (ctx: Ctx, run: Run): Promise<RunFacts['data']> => {
    const inputs = await experiments.runInputs(ctx, run.id);
    return {
      versions: inputs.filter(({ datasetVersionId }) => datasetVersionId !== null).length,
      datasets: inputs
        .filter(({ datasetVersionId }) => datasetVersionId === null)
        .map(({ name, digest, sourceType }) => ({ name, digest, isFetchable: fetchable.test(sourceType) })),
    };
  };

  return {
    packagesOf,
    async factsOf(ctx: Ctx, run: Run): Promise<RunFacts> {
      const kept = await training.trainRequestOf(ctx, run.id);
      const now = training.trainedBy();
      const packages = await packagesOf(ctx, run);
      const files = await experiments.listArtifacts(ctx, run.id);
      const untracked = (await readText(ctx, run.id, runFiles.untracked)) ?? '';
      const dirty = run.tags[runTags.gitDirty];
      return {
        trained: kept && {
          millwright: kept.millwright,
          node: kept.node,
          isSameVersion: kept.millwright === now.millwright,
          isDataThere: await isThere(data.findVersion(ctx, kept.request.datasetVersionId)),
        },
        code: {
          commit: run.tags[runTags.gitCommit] ?? run.tags[foreignRunTags.gitCommit] ?? null,
          repository: run.tags[runTags.gitRepository] ?? run.tags[foreignRunTags.gitRepository] ?? null,
          isDirty: dirty === undefined ? null : dirty === 'true',
          hasDiff: run.tags[runTags.gitDiff] !== 'cut' && files.some(({ path }) => path === runFiles.diff),
          untracked: untracked.split('\n').filter(Boolean),
        },
        data: await datasetsOf(ctx, run),
        environment: {
          python: run.tags[runTags.python] ?? null,
          pinned: packages.pinned.size,
          others: packages.others.length,
          hasRequirements: files.some(({ path }) => /(?:^|\/)(?:requirements\.txt|conda\.ya?ml)$/.test(path)),
        },
        seeds: seedsOf(run),
      };
    },
    /** The command of a run, if all of it is recorded and allowed here. */
    commandOf(run: Run, facts: RunFacts): Checked<RecordedCommand> {
      const recorded = run.tags[runTags.command];
      if (recorded === undefined)
        return {
          ok: false,
          reason:
            'The run does not say by which command it was started. Install the Python package millwright beside mlflow.',
        };
      const { commit, repository, isDirty, hasDiff } = facts.code;
      if (commit === null || repository === null)
        return { ok: false, reason: 'The run does not say which commit of which repository it was.' };
      if (isDirty && !hasDiff)
        return { ok: false, reason: 'Its code differed from the commit, and the changes were not kept whole.' };
      const checked = {
        args: readArguments(recorded),
        repository: checkRepository(repository, platform.config.processRepositories),
        commit: checkCommit(commit),
        workdir: checkWorkdir(run.tags[runTags.workdir] ?? '.'),
      };
      for (const one of Object.values(checked)) if (!one.ok) return one;
      const { args, repository: place, commit: id, workdir } = checked;
      if (!args.ok || !place.ok || !id.ok || !workdir.ok) return { ok: false, reason: '' };
      return { ok: true, value: { args: args.value, ...place.value, commit: id.value, workdir: workdir.value } };
    },
    /** The changes that the code of a run had beside its commit; null: none. */
    diffOf: (ctx: Ctx, run: Run): Promise<string | null> =>
      run.tags[runTags.gitDirty] === 'true'
        ? experiments.artifactDigest(ctx, run.id, runFiles.diff)
        : Promise.resolve(null),
  };
};
export type Known = ReturnType<typeof createKnown>;
