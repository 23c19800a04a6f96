import { checkTag, required } from './checks.ts';
import { type Answer, type Asked, askMs, type Core, ok } from './core.ts';
import { type Json, objectsIn, parseExactly, textIn } from './exact-json.ts';
import { headersFor, locationOf, meetExperiment } from './experiments.ts';
import { newId } from './ids.ts';
import { invalid, Refusal } from './refusal.ts';
import { findResent, forgetCreate, rememberCreate } from './resent.ts';
import { adopt, historyOf, type KnownRun, nameTag, runOnWire, runWrite } from './run-state.ts';
import { Unreachable } from './target.ts';

const runIdIn = (body: Json): string => textIn(body, 'run_id') || textIn(body, 'run_uuid') || required(body, 'run_id');
const isId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

const findRun = ({ known }: Core, workspace: string, id: string): KnownRun | null =>
  known.find('run', workspace, id) as KnownRun | null;

const create = async (core: Core, asked: Asked, startedUpAt: number): Promise<Answer> => {
  const { store, known, ids, queue } = core;
  const { workspace, body, method, path } = asked;
  const experimentId = textIn(body, 'experiment_id') || '0';
  await meetExperiment(core, asked, experimentId);
  const given = textIn(body, 'run_name') || undefined;
  const tags = objectsIn(body, 'tags');
  tags.forEach(checkTag);
  const tagged = textIn(tags.find((tag) => tag['key'] === nameTag) ?? {}, 'value') || undefined;
  if (given !== undefined && tagged !== undefined && given !== tagged)
    invalid(`Both 'run_name' argument and '${nameTag}' tag are specified, but with different values.`);
  return store.commit(() => {
    const again = findResent(core, 'run', asked, startedUpAt);
    if (again !== null) return ok({ run: runOnWire(known, again, findRun(core, workspace, again) as KnownRun) });
    const now = Date.now();
    const id = newId(now);
    const name = given ?? tagged ?? `run-${id.slice(-8)}`;
    const run: KnownRun = {
      info: {
        run_id: id,
        run_uuid: id,
        run_name: name,
        experiment_id: experimentId,
        user_id: textIn(body, 'user_id') ?? '',
        status: 'RUNNING',
        start_time: Number(body['start_time'] ?? 0),
        artifact_uri: `${locationOf(known, workspace, experimentId).replace(/\/$/, '')}/${id}/artifacts`,
        lifecycle_stage: 'active',
      },
      inputs: {},
      outputs: {},
      isComplete: true,
      hasHistory: true,
    };
    ids.give(id);
    known.put('run', workspace, id, run);
    for (const tag of tags) known.setEntry(id, 'tag', { key: tag['key'], value: textIn(tag, 'value') ?? '' });
    known.setEntry(id, 'tag', { key: nameTag, value: name });
    const sent = parseExactly(asked.text);
    const forwarded = { ...sent, run_name: name };
    queue.add({ workspace, kind: 'run-create', subject: id, method, path, body: JSON.stringify(forwarded) }, now);
    rememberCreate(core, id, asked.text);
    return ok({ run: runOnWire(known, id, run) });
  });
};

/** Null: the server is not there to be asked. Errors: Refusal where it has no such run. */
const fetchRun = async ({ target, ids }: Core, workspace: string, id: string): Promise<Json | null> => {
  if (!target.isWorthAsking()) return null;
  try {
    const path = `/api/2.0/mlflow/runs/get?run_id=${ids.toServer(id).text}`;
    const reply = await target.ask({ method: 'GET', path, headers: headersFor(workspace), idleMs: askMs });
    if (reply.status === 404) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`);
    return reply.status === 200 ? ((JSON.parse(reply.text) as Json)['run'] as Json) : null;
  } catch (error) {
    if (error instanceof Unreachable || error instanceof SyntaxError) return null;
    throw error;
  }
};

/** A run that was started elsewhere: what the server knows of it, or as good as nothing while it is away. */
const meetRun = async (core: Core, workspace: string, id: string): Promise<void> => {
  if (core.known.find('run', workspace, id) !== null) return;
  const fetched = await fetchRun(core, workspace, id);
  await core.store.commit(() => {
    if (findRun(core, workspace, id) !== null) return;
    if (fetched !== null) adopt(core.known, workspace, id, fetched);
    else {
      const info = { run_id: id, run_uuid: id, status: 'RUNNING', lifecycle_stage: 'active' };
      core.known.put('run', workspace, id, { info, inputs: {}, outputs: {}, isComplete: false, hasHistory: false });
    }
  });
};

const write = async (core: Core, asked: Asked, name: string): Promise<Answer | null> => {
  const known = runWrite(name);
  if (!known || asked.method !== 'POST') return null;
  const { workspace, body, method, path, text } = asked;
  const id = runIdIn(body);
  if (!isId(id)) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${id.slice(0, 100)} not found`);
  await meetRun(core, workspace, id);
  return core.store.commit(() => {
    const run = findRun(core, workspace, id) as KnownRun;
    if (run.info['lifecycle_stage'] === 'deleted' && name !== 'restore' && name !== 'delete')
      invalid(`The run ${id} must be in the 'active' state. Current state is deleted.`);
    const before = JSON.stringify(run);
    known.apply(core.known, id, run, body);
    if (JSON.stringify(run) !== before) core.known.put('run', workspace, id, run);
    forgetCreate(core, id);
    core.queue.add({ workspace, kind: known.kind, subject: id, method, path, body: text }, Date.now());
    return ok(name === 'update' ? { run_info: run.info } : {});
  });
};

/** What the spool has seen all of and the server may not have yet. */
const isAnsweredHere = ({ queue, target }: Core, id: string): boolean =>
  queue.hasWaiting(id) || !target.isWorthAsking();

/** Null: the server is to be asked. */
const read = (core: Core, asked: Asked, isEvenIfThere: boolean): Answer | null => {
  const id = textIn(asked.body, 'run_id') || textIn(asked.body, 'run_uuid') || '';
  const run = findRun(core, asked.workspace, id);
  if (run === null || !run.isComplete || !(isEvenIfThere || isAnsweredHere(core, id))) return null;
  if (asked.route === 'runs/get') return ok({ run: runOnWire(core.known, id, run) });
  if (!run.hasHistory) return null;
  const points = historyOf(core.queue.logged(id), id, required(asked.body, 'metric_key'));
  return ok(points.length > 0 ? { metrics: points } : {});
};

const isRunRead = ({ method, route }: Asked): boolean =>
  method === 'GET' && (route === 'runs/get' || route === 'metrics/get-history');

/** Null: this is no request about runs that the spool answers. */
export const answerRuns = async (core: Core, asked: Asked, startedUpAt: number): Promise<Answer | null> => {
  if (isRunRead(asked)) return read(core, asked, false);
  if (asked.method === 'POST' && asked.route === 'runs/create') {
    const made = await create(core, asked, startedUpAt);
    core.wake();
    return made;
  }
  const name = /^runs\/([a-z-]+)$/.exec(asked.route)?.[1];
  const answer = name === undefined ? null : await write(core, asked, name);
  if (answer !== null) core.wake();
  return answer;
};

/** After the server could not be reached. */
export const answerRunsAlone = (core: Core, asked: Asked): Answer | null =>
  isRunRead(asked) ? read(core, asked, true) : null;
