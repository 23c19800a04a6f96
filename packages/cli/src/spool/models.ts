import { required } from './checks.ts';
import { type Answer, type Asked, type Core, ok } from './core.ts';
import { type Json, isObject, objectsIn, parseExactly, textIn } from './exact-json.ts';
import { locationOf, meetExperiment } from './experiments.ts';
import { newId } from './ids.ts';
import type { RequestKind } from './queue.ts';
import { findResent, forgetCreate, rememberCreate } from './resent.ts';

interface KnownModel extends Json {
  info: Json;
  data: Json;
}

const find = ({ known }: Core, workspace: string, id: string): KnownModel | null =>
  known.find('model', workspace, id) as KnownModel | null;

const pairs = (body: Json, name: string): Json[] =>
  objectsIn(body, name).map((entry) => ({ key: required(entry, 'key'), value: textIn(entry, 'value') ?? '' }));

/** Later ones in place of earlier ones with the same key. */
const merged = (before: readonly Json[], added: readonly Json[]): Json[] => [
  ...new Map([...before, ...added].map((entry) => [entry['key'], entry])).values(),
];

const create = async (core: Core, asked: Asked, startedUpAt: number): Promise<Answer> => {
  const { store, known, ids, queue } = core;
  const { workspace, body, method, path } = asked;
  const experimentId = required(body, 'experiment_id');
  await meetExperiment(core, asked, experimentId);
  return store.commit(() => {
    const again = findResent(core, 'model', asked, startedUpAt);
    if (again !== null) return ok({ model: find(core, workspace, again) });
    const now = Date.now();
    const id = newId(now);
    const name = textIn(body, 'name') || `model-${id.slice(-8)}`;
    const location = locationOf(known, workspace, experimentId).replace(/\/$/, '');
    const tags = pairs(body, 'tags');
    const model: KnownModel = {
      info: {
        model_id: `m-${id}`,
        experiment_id: experimentId,
        name,
        creation_timestamp_ms: now,
        last_updated_timestamp_ms: now,
        artifact_uri: `${location}/models/m-${id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: textIn(body, 'model_type') ?? '',
        source_run_id: textIn(body, 'source_run_id') ?? '',
        tags,
      },
      data: { params: pairs(body, 'params') },
    };
    ids.give(id);
    known.put('model', workspace, id, model);
    const sent = parseExactly(asked.text);
    const forwarded = { ...sent, name };
    queue.add({ workspace, kind: 'model-create', subject: id, method, path, body: JSON.stringify(forwarded) }, now);
    rememberCreate(core, id, asked.text);
    return ok({ model });
  });
};

type Change = (model: KnownModel, body: Json, key: string) => void;

const tagsOf = (model: KnownModel): Json[] => objectsIn(model.info, 'tags');

const changes: { method: string; route: RegExp; kind: RequestKind; answersModel: boolean; change: Change }[] = [
  {
    method: 'PATCH',
    route: /^logged-models\/m-([0-9a-f]{32})$/,
    kind: 'model-write',
    answersModel: true,
    change: (model, body) => void (model.info['status'] = required(body, 'status')),
  },
  {
    method: 'PATCH',
    route: /^logged-models\/m-([0-9a-f]{32})\/tags$/,
    kind: 'model-write',
    answersModel: true,
    change: (model, body) => void (model.info['tags'] = merged(tagsOf(model), pairs(body, 'tags'))),
  },
  {
    method: 'DELETE',
    route: /^logged-models\/m-([0-9a-f]{32})\/tags\/([^/]+)$/,
    kind: 'model-write',
    answersModel: false,
    change: (model, _body, key) => void (model.info['tags'] = tagsOf(model).filter((tag) => tag['key'] !== key)),
  },
  {
    method: 'POST',
    route: /^logged-models\/m-([0-9a-f]{32})\/params$/,
    kind: 'model-params',
    answersModel: false,
    change: (model, body) =>
      void (model.data['params'] = merged(objectsIn(model.data, 'params'), pairs(body, 'params'))),
  },
];

const write = async (core: Core, asked: Asked): Promise<Answer | null> => {
  const { workspace, method, path, text, route, body } = asked;
  for (const one of changes) {
    const match = one.method === method ? one.route.exec(route) : null;
    const id = match?.[1];
    if (!id || find(core, workspace, id) === null) continue;
    return core.store.commit(() => {
      const model = find(core, workspace, id) as KnownModel;
      one.change(model, body, decodeURIComponent(match[2] ?? ''));
      model.info['last_updated_timestamp_ms'] = Date.now();
      core.known.put('model', workspace, id, model);
      forgetCreate(core, id);
      core.queue.add({ workspace, kind: one.kind, subject: id, method, path, body: text }, Date.now());
      return ok(one.answersModel ? { model } : {});
    });
  }
  return null;
};

/** Null: the server is to be asked. */
const read = (core: Core, { method, route, workspace }: Asked, isEvenIfThere: boolean): Answer | null => {
  const id = method === 'GET' ? /^logged-models\/m-([0-9a-f]{32})$/.exec(route)?.[1] : undefined;
  if (id === undefined) return null;
  const model = find(core, workspace, id);
  const isHere = isEvenIfThere || core.queue.hasWaiting(id) || !core.target.isWorthAsking();
  return isObject(model) && isHere ? ok({ model }) : null;
};

/** Null: this is no request about logged models that the spool answers. */
export const answerModels = async (core: Core, asked: Asked, startedUpAt: number): Promise<Answer | null> => {
  const here = read(core, asked, false);
  if (here !== null) return here;
  const isCreate = asked.method === 'POST' && asked.route === 'logged-models';
  const answer = isCreate ? await create(core, asked, startedUpAt) : await write(core, asked);
  if (answer !== null) core.wake();
  return answer;
};

/** After the server could not be reached. */
export const answerModelsAlone = (core: Core, asked: Asked): Answer | null => read(core, asked, true);
