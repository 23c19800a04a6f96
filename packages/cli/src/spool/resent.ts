import type { Asked, Core } from './core.ts';

const noteOf = (id: string): string => `create ${id}`;

/**
 * A client that lost its answer, because the spool was killed before it was sent, asks for the same run again. What was
 * made for the same words before the spool was last started, and was not used since, is what it means. Within a commit.
 */
export const findResent = (
  { store, known }: Core,
  kind: 'run' | 'model',
  { workspace, text }: Asked,
  startedUpAt: number,
): string | null => {
  const made = store.all<{ name: string }>("SELECT name FROM notes WHERE name LIKE 'create %' AND value = ?", text);
  const ids = made.map(({ name }) => name.slice(noteOf('').length));
  return (
    ids.find((id) => Number.parseInt(id.slice(0, 12), 16) < startedUpAt && known.find(kind, workspace, id) !== null) ??
    null
  );
};

export const rememberCreate = ({ known }: Core, id: string, text: string): void => known.setNote(noteOf(id), text);

export const forgetCreate = ({ store }: Pick<Core, 'store'>, id: string): void =>
  void store.run('DELETE FROM notes WHERE name = ?', noteOf(id));
