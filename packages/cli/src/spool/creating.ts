import { type Json, objectsIn, parseExactly, textIn } from './exact-json.ts';
import type { QueuedRequest } from './queue.ts';
import type { TargetReply } from './target.ts';

/**
 * Says by which id the spool made a run or a model: a server that gives its own ids is searched for it before what may
 * have been made already is made again.
 */
const spoolTag = 'millwright.spool.id';

export type Ask = (
  method: string,
  path: string,
  body?: Json | string,
  headers?: Record<string, string>,
) => Promise<TargetReply>;

/** What came of it: the server's id, or the answer that has none. */
export type Made = { real: string } | { reply: TargetReply };

const read = ({ status, text }: TargetReply): Json => {
  if (status < 200 || status > 299) return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
};
const inner = (body: Json, ...names: string[]): Json =>
  names.reduce<Json>((value, name) => (value[name] ?? {}) as Json, body);

const rootOf = (path: string, route: string): string => path.slice(0, path.lastIndexOf(`/${route}`));

const withTag = (body: string, id: string): string => {
  const sent = parseExactly(body);
  return JSON.stringify({ ...sent, tags: [...objectsIn(sent, 'tags'), { key: spoolTag, value: id }] });
};

const filterFor = (id: string): string => `tags.\`${spoolTag}\` = '${id}'`;

const makeExperiment = async (ask: Ask, { method, path }: QueuedRequest, body: string): Promise<Made> => {
  const reply = await ask(method, path, body);
  const id = textIn(read(reply), 'experiment_id');
  if (id !== undefined) return { real: id };
  if (!reply.text.includes('RESOURCE_ALREADY_EXISTS')) return { reply };
  // Made by an earlier attempt, or by somebody else under the same name, which means the same one.
  const name = encodeURIComponent(textIn(JSON.parse(body) as Json, 'name') ?? '');
  const there = await ask(
    'GET',
    `${rootOf(path, 'experiments/create')}/experiments/get-by-name?experiment_name=${name}`,
  );
  const experiment = inner(read(there), 'experiment');
  const found = textIn(experiment, 'experiment_id');
  return found === undefined || experiment['lifecycle_stage'] === 'deleted' ? { reply } : { real: found };
};

const makeRun = async (ask: Ask, request: QueuedRequest, body: string, isInDoubt: boolean): Promise<Made> => {
  const { subject, method, path } = request;
  if (isInDoubt) {
    const experiment = textIn(JSON.parse(body) as Json, 'experiment_id') || '0';
    const search = { experiment_ids: [experiment], filter: filterFor(subject), run_view_type: 'ALL', max_results: 1 };
    const reply = await ask('POST', `${rootOf(path, 'runs/create')}/runs/search`, search);
    if (reply.status >= 500) return { reply };
    const found = textIn(inner(objectsIn(read(reply), 'runs')[0] ?? {}, 'info'), 'run_id');
    if (found !== undefined) return { real: found };
  }
  const reply = await ask(method, path, withTag(body, subject), { 'x-millwright-run-id': subject });
  const id = textIn(inner(read(reply), 'run', 'info'), 'run_id');
  return id === undefined ? { reply } : { real: id };
};

const makeModel = async (ask: Ask, request: QueuedRequest, body: string, isInDoubt: boolean): Promise<Made> => {
  const { subject, method, path } = request;
  if (isInDoubt) {
    const experiment = textIn(JSON.parse(body) as Json, 'experiment_id') ?? '';
    const search = { experiment_ids: [experiment], filter: filterFor(subject), max_results: 1 };
    const reply = await ask('POST', `${path}/search`, search);
    if (reply.status >= 500) return { reply };
    const found = textIn(inner(objectsIn(read(reply), 'models')[0] ?? {}, 'info'), 'model_id');
    if (found !== undefined) return { real: found.replace(/^m-/, '') };
  }
  const reply = await ask(method, path, withTag(body, subject), { 'x-millwright-model-id': subject });
  const id = textIn(inner(read(reply), 'model', 'info'), 'model_id');
  return id === undefined ? { reply } : { real: id.replace(/^m-/, '') };
};

/** Makes what the spool has given an id, once. `body`: with the ids of the server. */
export const makeOnServer = (ask: Ask, request: QueuedRequest, body: string, isInDoubt: boolean): Promise<Made> => {
  if (request.kind === 'experiment-create') return makeExperiment(ask, request, body);
  return request.kind === 'run-create'
    ? makeRun(ask, request, body, isInDoubt)
    : makeModel(ask, request, body, isInDoubt);
};

/** The model is in the run's history already: log-model adds to it every time it is asked. */
export const isModelLogged = async (ask: Ask, path: string, body: string): Promise<boolean> => {
  const sent = JSON.parse(body) as Json;
  const reply = await ask('GET', `${rootOf(path, 'runs/log-model')}/runs/get?run_id=${textIn(sent, 'run_id') ?? ''}`);
  const tags = objectsIn(inner(read(reply), 'run', 'data'), 'tags');
  const history = textIn(tags.find(({ key }) => key === 'mlflow.log-model.history') ?? {}, 'value') ?? '[]';
  const wanted = JSON.stringify(JSON.parse(textIn(sent, 'model_json') ?? 'null'));
  return (JSON.parse(history) as unknown[]).some((entry) => JSON.stringify(entry) === wanted);
};

/** All of the parameters are there: some servers refuse one that comes twice. */
export const areParamsLogged = async (ask: Ask, path: string, body: string): Promise<boolean> => {
  const reply = await ask('GET', path.replace(/\/params$/, ''));
  const there = new Map(objectsIn(inner(read(reply), 'model', 'data'), 'params').map(({ key, value }) => [key, value]));
  return objectsIn(JSON.parse(body) as Json, 'params').every(({ key, value }) => there.get(key) === value);
};
