import type { ContractRun, ContractSuite, TestTrigger } from '@millwright/contract';
import type { Change } from '#platform/change';
import type { Db } from '#platform/db';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { SavedVersion } from '../versions/store.ts';
import { hasRequired } from './judge.ts';
import { findSuite, insertRun, latestRuns } from './store.ts';

export const contractJob = 'registry.contract-tests';

/** Queues the tests for a version as it is now, within the change that makes them due. null: the model has none. */
export const beginRun = async (
  change: Change,
  ids: Ids,
  version: Pick<SavedVersion, 'id' | 'project' | 'modelId' | 'number' | 'digest'>,
  { trigger, startedBy }: { trigger: TestTrigger; startedBy: string },
): Promise<{ run: ContractRun; required: boolean } | null> => {
  const suite = await findSuite(change.db, version.modelId);
  if (suite === null || suite.tests.length === 0) return null;
  const run: ContractRun = {
    id: ids.next('ctr'),
    modelId: version.modelId,
    modelVersionId: version.id,
    number: version.number,
    revision: suite.revision,
    digest: version.digest,
    trigger,
    startedBy,
    state: 'queued',
    results: [],
    createdAt: change.now,
    finishedAt: null,
  };
  await insertRun(change.db, version.project, run);
  change.enqueue(contractJob, { runId: run.id });
  return { run, required: hasRequired(suite.tests) };
};

/** What a model asks of its versions now; revision 0 where it never asked for anything. */
export const suiteShown = async (
  db: Db,
  { id, name }: { id: string; name: string },
  revision?: number,
): Promise<ContractSuite | null> => {
  const suite = await findSuite(db, id, revision);
  if (suite) return { modelId: id, modelName: name, ...suite };
  return revision === undefined
    ? { modelId: id, modelName: name, revision: 0, tests: [], createdBy: null, createdAt: null }
    : null;
};

/** Errors: TESTS_RED, CONFLICT where the tests were not run on these files yet. */
export const demandTests = async (db: Db, version: SavedVersion): Promise<void> => {
  const suite = await findSuite(db, version.modelId);
  if (suite === null || !hasRequired(suite.tests)) return;
  const run = (await latestRuns(db, [version.id])).get(version.id);
  const title = `Version ${version.number} of '${version.modelName}'`;
  if (run === undefined || run.revision !== suite.revision || run.digest !== version.digest)
    return fail(
      'CONFLICT',
      `${title} was not put to revision ${suite.revision} of the tests of its model, with the files it has now: millwright model-versions test ${version.id}.`,
    );
  if (run.state === 'queued') return fail('CONFLICT', `${title} is being tested. Try again in a moment.`);
  if (run.state === 'green') return;
  const wrong = run.results.filter(
    ({ weight, outcome }) =>
      weight !== 'advisory' && outcome !== 'passed' && !(weight === 'where-executable' && outcome === 'skipped'),
  );
  return fail(
    'TESTS_RED',
    `${title} does not pass ${wrong.map(({ name, message }) => `'${name}': ${message}`).join(' ')}`,
    {
      runId: run.id,
    },
  );
};
