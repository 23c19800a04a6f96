import type { Core } from './core.ts';
import type { Json } from './exact-json.ts';
import { forgetCreate } from './resent.ts';

const dayMs = 86_400_000;
/** Long enough for a client that is still there to read what it logged. */
const endedForMs = 7 * dayMs;
const silentForMs = 60 * dayMs;

const hasEnded = (run: Json): boolean => !['RUNNING', 'SCHEDULED'].includes(String((run['info'] as Json)['status']));

/** Forgets what was forwarded and is not asked for again. Within a commit. */
export const removeFinished = (core: Pick<Core, 'store' | 'queue' | 'known'>, now: number): void => {
  const { store, queue, known } = core;
  const logged = store.all<{ subject: string }>("SELECT DISTINCT subject FROM requests WHERE state = 'done'");
  for (const { subject } of logged) {
    const row = store.one<{ workspace: string }>("SELECT workspace FROM things WHERE kind = 'run' AND id = ?", subject);
    const run = row && known.find('run', row.workspace, subject);
    if (run && (!hasEnded(run) || queue.hasWaiting(subject))) continue;
    queue.forget(subject);
    // The server has its history now.
    if (run && row) known.put('run', row.workspace, subject, { ...run, hasHistory: false });
  }
  for (const { kind, workspace, id } of known.untouchedSince(now - endedForMs)) {
    const thing = known.find(kind, workspace, id);
    const isOver =
      kind === 'model' ||
      (thing && hasEnded(thing)) ||
      known.untouchedSince(now - silentForMs).some((one) => one.id === id);
    if (!isOver || queue.hasWaiting(id)) continue;
    known.remove(kind, workspace, id);
    forgetCreate(core, id);
  }
};
