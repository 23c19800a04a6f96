import type { Json } from './exact-json.ts';
import type { Store } from './store.ts';

type Kind = 'experiment' | 'run' | 'model';
type EntryKind = 'metric' | 'param' | 'tag';

/** What the spool knows of experiments, runs and logged models. Writes belong into a `store.commit`. */
export interface Known {
  find(kind: Kind, workspace: string, id: string): Json | null;
  experimentNamed(workspace: string, name: string): Json | null;
  put(kind: Kind, workspace: string, id: string, body: Json, name?: string): void;
  remove(kind: Kind, workspace: string, id: string): void;
  entry(run: string, kind: EntryKind, key: string): Json | null;
  entries(run: string, kind: EntryKind): Json[];
  setEntry(run: string, kind: EntryKind, entry: Json): void;
  deleteEntry(run: string, kind: EntryKind, key: string): void;
  /** Runs and models that nothing was logged to since then. */
  untouchedSince(at: number): { kind: Kind; workspace: string; id: string }[];
  note(name: string): string | null;
  setNote(name: string, value: string): void;
}

const read = (row: { body: string } | { value: string } | null): Json | null =>
  row === null ? null : (JSON.parse('body' in row ? row.body : row.value) as Json);

export const createKnown = (store: Store): Known => ({
  find: (kind, workspace, id) =>
    read(
      store.one<{ body: string }>(
        'SELECT body FROM things WHERE kind = ? AND workspace = ? AND id = ?',
        kind,
        workspace,
        id,
      ),
    ),
  // One that the server has made comes before one that it has yet to make.
  experimentNamed: (workspace, name) =>
    read(
      store.one<{ body: string }>(
        "SELECT body FROM things WHERE kind = 'experiment' AND workspace = ? AND name = ? ORDER BY length(id), at DESC LIMIT 1",
        workspace,
        name,
      ),
    ),
  put: (kind, workspace, id, body, name) =>
    void store.run(
      `INSERT INTO things (kind, workspace, id, name, body, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, workspace, id) DO UPDATE SET name = excluded.name, body = excluded.body, at = excluded.at`,
      kind,
      workspace,
      id,
      name ?? null,
      JSON.stringify(body),
      Date.now(),
    ),
  remove(kind, workspace, id) {
    store.run('DELETE FROM things WHERE kind = ? AND workspace = ? AND id = ?', kind, workspace, id);
    if (kind === 'run') store.run('DELETE FROM entries WHERE run = ?', id);
  },
  entry: (run, kind, key) =>
    read(
      store.one<{ value: string }>('SELECT value FROM entries WHERE run = ? AND kind = ? AND key = ?', run, kind, key),
    ),
  entries: (run, kind) =>
    store
      .all<{ value: string }>('SELECT value FROM entries WHERE run = ? AND kind = ? ORDER BY key', run, kind)
      .map((row) => read(row) as Json),
  setEntry: (run, kind, entry) =>
    void store.run(
      'INSERT INTO entries (run, kind, key, value) VALUES (?, ?, ?, ?) ON CONFLICT (run, kind, key) DO UPDATE SET value = excluded.value',
      run,
      kind,
      String(entry['key']),
      JSON.stringify(entry),
    ),
  deleteEntry: (run, kind, key) =>
    void store.run('DELETE FROM entries WHERE run = ? AND kind = ? AND key = ?', run, kind, key),
  untouchedSince: (at) => store.all("SELECT kind, workspace, id FROM things WHERE kind <> 'experiment' AND at < ?", at),
  note: (name) => store.one<{ value: string }>('SELECT value FROM notes WHERE name = ?', name)?.value ?? null,
  setNote: (name, value) =>
    void store.run(
      'INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    ),
});
