import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail } from '#platform/errors';
import { type Folder, type FolderEntry, openFolder } from '../../import/folder.ts';
import { readMeta } from './meta-file.ts';
import type { ForeignStore, Row } from './store.ts';

type Where = Readonly<Record<string, string | number>>;
type Rows = (where: Where) => AsyncIterable<Row>;

const trash = '.trash';

/** Not experiments, though they are folders of the root. */
const isExperiment = ({ kind, name }: FolderEntry): boolean => kind === 'folder' && name !== trash && name !== 'models';
const notRuns = new Set(['tags', 'datasets', 'traces', 'models']);

/**
 * The file store of MLflow's clients (`mlruns`), read as the tables of its database: what is true of one is then true of
 * the other. Errors: INVALID_INPUT where it is no such folder.
 */
export const openFileStore = async (
  from: string,
  { artifactsDir, problem }: { artifactsDir?: string | undefined; problem(text: string): void },
): Promise<ForeignStore> => {
  const folder = await openFolder(from);
  const artifacts = artifactsDir === undefined ? null : (await openFolder(artifactsDir)).root;
  /** Folders by id; filled as they are listed, and asked only for what was. */
  const runs = new Map<string, string>();
  const models = new Map<string, string>();

  async function* experiments(): AsyncIterable<Row & { path: string }> {
    for (const root of ['', trash])
      for (const entry of (await folder.list(root)).filter(isExperiment)) {
        const meta = await readMeta(folder, entry.path, problem);
        if (meta) yield { ...meta, path: entry.path };
      }
  }
  const experimentAt = async (id: string | number | undefined): Promise<string> => {
    for (const root of [String(id), `${trash}/${id}`]) if ((await folder.kindOf(root)) === 'folder') return root;
    return fail('INVALID_INPUT', `There is no experiment ${id} in ${from}.`);
  };

  /** Where the files of a run or model are: in its own folder, or where its address says, if that was permitted. */
  const filesUri = async (own: string, uri: string): Promise<string> => {
    const inside = `${own}/artifacts`;
    if ((await folder.list(inside)).length > 0) return pathToFileURL(join(folder.root, inside)).href;
    if (!/^(file:|\/)/.test(uri)) return uri;
    const named = uri.startsWith('/') ? uri : fileURLToPath(uri.replace(/^file:(?!\/\/)/, 'file://'));
    const real = await realpath(named).catch(() => null);
    if (real === null) return '';
    const within = (root: string): boolean => real === root || real.startsWith(root + sep);
    if (within(folder.root) || (artifacts !== null && within(artifacts))) return pathToFileURL(real).href;
    problem(`the files in ${real} were left out: they are outside of the folder; permit them with --artifacts ${real}`);
    return '';
  };

  /** One file per key; a key with slashes is a file in folders. */
  async function* entries(at: string, key = 'key', value = 'value', only?: string): AsyncIterable<Row> {
    for await (const entry of folder.filesBelow(at)) {
      const name = entry.path.slice(at.length + 1);
      if (only === undefined || only === name) yield { [key]: name, [value]: await folder.readText(entry.path) };
    }
  }
  const runAt = (where: Where, key = 'run_uuid'): string | undefined => runs.get(String(where[key]));
  const ofRun = (part: string): Rows =>
    async function* (where) {
      const at = runAt(where);
      if (at) yield* entries(`${at}/${part}`, 'key', 'value', where['key']?.toString());
    };
  const ofModel = (part: string, prefix: string): Rows =>
    async function* (where) {
      const at = models.get(String(where['model_id']));
      if (at) yield* entries(`${at}/${part}`, `${prefix}_key`, `${prefix}_value`);
    };
  async function* lines(at: string): AsyncIterable<{ key: string; fields: string[] }> {
    for await (const entry of folder.filesBelow(at)) {
      const key = entry.path.slice(at.length + 1);
      for await (const line of folder.lines(entry.path)) {
        const fields = line.trim().split(' ');
        // The last line may have been cut off in the middle.
        if (/^-?\d+$/.test(fields[0] ?? '') && numberOf(fields[1] ?? '') !== null) yield { key, fields };
        else if (line.trim() !== '')
          problem(`a line of ${entry.path} was left out: ${JSON.stringify(line.slice(0, 80))}`);
      }
    }
  }

  const tables: Record<string, Rows> = {
    experiments,
    async *experiment_tags({ experiment_id: id }) {
      yield* entries(`${await experimentAt(id)}/tags`);
    },
    async *runs({ experiment_id: id }) {
      const root = await experimentAt(id);
      for (const { name, path, kind } of await folder.list(root)) {
        if (kind !== 'folder' || notRuns.has(name)) continue;
        const meta = await readMeta(folder, path, problem);
        if (!meta) continue;
        runs.set(name, path);
        const row = { ...meta, run_uuid: name, name: meta['run_name'] ?? '' };
        yield { ...row, artifact_uri: await filesUri(path, String(meta['artifact_uri'] ?? '')) };
      }
    },
    params: ofRun('params'),
    tags: ofRun('tags'),
    async *metrics(where) {
      const at = runAt(where);
      if (!at) return;
      for await (const { key, fields } of lines(`${at}/metrics`)) yield pointRow(key, fields);
    },
    async *inputs(where) {
      const at = runAt(where, 'destination_id');
      const from = runAt(where, 'source_id');
      for (const { path, name } of at ? await folder.list(`${at}/inputs`) : []) {
        const meta = await readMeta(folder, path, problem);
        const isModel = meta?.['source_type'] === 'MODEL';
        if (meta)
          yield { ...meta, input_uuid: path, source_type: isModel ? 'MODEL_INPUT' : (meta['source_type'] ?? name) };
      }
      for (const { path, name } of from ? await folder.list(`${from}/outputs`) : []) {
        const meta = await readMeta(folder, path, problem);
        if (meta) yield { ...meta, destination_id: name, destination_type: 'MODEL_OUTPUT' };
      }
    },
    async *input_tags({ input_uuid: path }) {
      const tags = (await readMeta(folder, String(path), problem, 'tags')) ?? {};
      for (const [name, value] of Object.entries(tags)) yield { name, value };
    },
    async *datasets({ dataset_uuid: id }) {
      for await (const { path } of experiments()) {
        const at = `${path}/datasets/${id}`;
        const meta = (await folder.kindOf(at)) === 'folder' ? await readMeta(folder, at, problem) : null;
        if (!meta) continue;
        const renamed = ['source_type', 'source', 'schema', 'profile'].map((key) => [
          `dataset_${key}`,
          meta[key] ?? null,
        ]);
        yield { ...meta, ...Object.fromEntries(renamed) };
        return;
      }
    },
    async *logged_models({ experiment_id: id }) {
      for (const { name, path } of await folder.list(`${await experimentAt(id)}/models`)) {
        const meta = await readMeta(folder, path, problem);
        if (!meta) continue;
        models.set(name, path);
        const location = await filesUri(path, String(meta['artifact_location'] ?? ''));
        yield { ...meta, model_id: name, artifact_location: location };
      }
    },
    logged_model_params: ofModel('params', 'param'),
    logged_model_tags: ofModel('tags', 'tag'),
    async *logged_model_metrics({ model_id: id }) {
      const at = models.get(String(id));
      if (!at) return;
      for await (const { key, fields } of lines(`${at}/metrics`)) yield modelPointRow(key, fields);
    },
    async *registered_models() {
      for (const { path, kind } of await folder.list('models')) {
        const meta = kind === 'folder' ? await readMeta(folder, path, problem) : null;
        if (meta) yield meta;
      }
    },
    async *registered_model_tags({ name }) {
      yield* entries(`models/${name}/tags`);
    },
    async *registered_model_aliases({ name }) {
      yield* entries(`models/${name}/aliases`, 'alias', 'version');
    },
    async *model_versions({ name }) {
      const found = (await folder.list(`models/${name}`)).filter((entry) => /^version-\d+$/.test(entry.name));
      const numberIn = (entry: FolderEntry) => Number(entry.name.slice('version-'.length));
      for (const entry of found.sort((a, b) => numberIn(a) - numberIn(b))) {
        const meta = await readMeta(folder, entry.path, problem);
        if (meta) yield { ...meta, version: numberIn(entry) };
      }
    },
    async *model_version_tags({ name, version }) {
      yield* entries(`models/${name}/version-${version}/tags`);
    },
  };

  const table = (name: string): Rows => tables[name] ?? fail('INVALID_INPUT', `MLflow's folders hold no ${name}.`);
  if (!(await holdsExperiments(folder)))
    fail('INVALID_INPUT', `${from} is no folder of MLflow's: no folder in it has a meta.yaml of an experiment.`);
  return {
    async rows(name, where = {}) {
      const rows: Row[] = [];
      for await (const row of table(name)(where)) rows.push(row);
      return rows;
    },
    async *pages(name, where, size) {
      let page: Row[] = [];
      for await (const row of table(name)(where)) {
        page.push(row);
        if (page.length < size) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    hasTable: async (name) => name in tables,
    close: async () => undefined,
  };
};

const holdsExperiments = async (folder: Folder): Promise<boolean> => {
  for (const root of ['', trash])
    for (const entry of (await folder.list(root)).filter(isExperiment))
      if ((await folder.kindOf(`${entry.path}/meta.yaml`)) === 'file') return true;
  return false;
};

/** As Python writes a float; null: none. */
const numberOf = (text: string): number | null => {
  const special = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[
    text.toLowerCase()
  ];
  if (special !== undefined) return special;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
};

/** `time value [step [dataset digest]]`; the oldest clients wrote no step. */
const pointRow = (key: string, [at, value, step]: string[]): Row => {
  const number = numberOf(value ?? '') ?? Number.NaN;
  return { key, timestamp: Number(at), value: number, is_nan: Number.isNaN(number), step: Number(step ?? 0) };
};

/** `time value step run [dataset digest]`. */
const modelPointRow = (key: string, [at, value, step, run, ...dataset]: string[]): Row => ({
  metric_name: key,
  metric_timestamp_ms: Number(at),
  metric_value: numberOf(value ?? ''),
  metric_step: Number(step ?? 0),
  run_id: run ?? '',
  dataset_name: dataset.length > 1 ? dataset.slice(0, -1).join(' ') : null,
  dataset_digest: dataset.at(-1) ?? null,
});
