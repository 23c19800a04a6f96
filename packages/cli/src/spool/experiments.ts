import { required } from './checks.ts';
import { type Answer, type Asked, askMs, type Core, ok } from './core.ts';
import { type Json, objectsIn, textIn } from './exact-json.ts';
import { isProvisional, newExperimentId } from './ids.ts';
import { Refusal } from './refusal.ts';
import { Unreachable } from './target.ts';

/** Headers of what is sent to the server for somebody. */
export const headersFor = (workspace: string): Record<string, string> => ({
  'content-type': 'application/json',
  ...(workspace === '' ? {} : { 'x-mlflow-workspace': workspace }),
});

const notFound = (message: string): never => {
  throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', message);
};

/** What the server says about it, if it is there to be asked; null where it is not. */
const askServer = async ({ target, ids }: Core, asked: Asked): Promise<Answer | null> => {
  if (!target.isWorthAsking()) return null;
  try {
    const isGet = asked.method === 'GET';
    const reply = await target.ask({
      method: asked.method,
      path: ids.toServer(asked.path).text,
      headers: headersFor(asked.workspace),
      ...(isGet ? {} : { body: asked.text }),
      idleMs: askMs,
    });
    // It could not say, and is asked no further.
    if (reply.status >= 500 || reply.status === 429 || reply.status === 401) return null;
    return { status: reply.status, body: JSON.parse(reply.text) as unknown };
  } catch (error) {
    if (error instanceof Unreachable || error instanceof SyntaxError) return null;
    throw error;
  }
};

const remember = async ({ store, known }: Core, workspace: string, answer: Answer): Promise<void> => {
  const experiment = ((answer.body ?? {}) as Json)['experiment'] as Json | undefined;
  const id = experiment && textIn(experiment, 'experiment_id');
  if (answer.status !== 200 || !experiment || !id) return;
  const before = known.find('experiment', workspace, id);
  if (before && JSON.stringify(before) === JSON.stringify(experiment)) return;
  await store.commit(() => known.put('experiment', workspace, id, experiment, textIn(experiment, 'name')));
};

/** Where its files are, as far as it is known. */
export const locationOf = (known: Core['known'], workspace: string, experimentId: string): string =>
  textIn(known.find('experiment', workspace, experimentId) ?? {}, 'artifact_location') ??
  `mlflow-artifacts:/${experimentId}`;

/** Makes the experiment known before a run is started in it; one that the server does not have is refused at once. */
export const meetExperiment = async (core: Core, asked: Asked, id: string): Promise<void> => {
  if (core.known.find('experiment', asked.workspace, id) !== null) return;
  const path = `/api/2.0/mlflow/experiments/get?experiment_id=${encodeURIComponent(id)}`;
  const answer = await askServer(core, { ...asked, method: 'GET', path });
  if (answer?.status === 404) notFound(`No Experiment with id=${id} exists`);
  if (answer) await remember(core, asked.workspace, answer);
};

const make = (core: Core, asked: Asked, name: string): Promise<Answer> => {
  const { store, known, ids, queue } = core;
  return store.commit(() => {
    if (known.experimentNamed(asked.workspace, name) !== null)
      throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Experiment '${name}' already exists.`);
    const id = newExperimentId();
    const now = Date.now();
    const tags = objectsIn(asked.body, 'tags');
    ids.give(id);
    known.put(
      'experiment',
      asked.workspace,
      id,
      {
        experiment_id: id,
        name,
        artifact_location: textIn(asked.body, 'artifact_location') || `mlflow-artifacts:/${id}`,
        lifecycle_stage: 'active',
        creation_time: now,
        last_update_time: now,
        ...(tags.length > 0 ? { tags } : {}),
      },
      name,
    );
    const { workspace, method, path, text } = asked;
    queue.add({ workspace, kind: 'experiment-create', subject: id, method, path, body: text }, now);
    return ok({ experiment_id: id });
  });
};

/** A provisional one that the server has not made is known here only. */
const isOursAlone = ({ ids }: Core, experiment: Json | null): experiment is Json => {
  const id = textIn(experiment ?? {}, 'experiment_id') ?? '';
  return isProvisional(id) && ids.realOf(id) === null;
};

/** Null: this is no request about experiments that the spool answers. */
export const answerExperiments = async (core: Core, asked: Asked): Promise<Answer | null> => {
  const { known, queue, store, wake } = core;
  const { workspace, body } = asked;
  switch (`${asked.method} ${asked.route}`) {
    case 'POST experiments/create': {
      const name = required(body, 'name');
      const there = isOursAlone(core, known.experimentNamed(workspace, name)) ? null : await askServer(core, asked);
      if (there !== null) return there;
      const made = await make(core, asked, name);
      wake();
      return made;
    }
    case 'GET experiments/get-by-name': {
      const name = required(body, 'experiment_name');
      const found = known.experimentNamed(workspace, name);
      if (isOursAlone(core, found)) return ok({ experiment: found });
      const there = await askServer(core, asked);
      if (there) await remember(core, workspace, there);
      if (there) return there;
      return found ? ok({ experiment: found }) : notFound(`Could not find experiment with name '${name}'`);
    }
    case 'GET experiments/get': {
      const id = required(body, 'experiment_id');
      const found = known.find('experiment', workspace, id);
      if (isOursAlone(core, found)) return ok({ experiment: found });
      const there = await askServer(core, asked);
      if (there && !isProvisional(id)) await remember(core, workspace, there);
      return there ?? (found ? ok({ experiment: found }) : null);
    }
    case 'POST experiments/set-experiment-tag': {
      const id = required(body, 'experiment_id');
      required(body, 'key');
      await meetExperiment(core, asked, id);
      const { method, path, text } = asked;
      await store.commit(() =>
        queue.add({ workspace, kind: 'experiment-write', subject: id, method, path, body: text }, Date.now()),
      );
      wake();
      return ok({});
    }
    default:
      return null;
  }
};
