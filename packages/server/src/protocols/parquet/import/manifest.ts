import { fail } from '#platform/errors';
import type { Folder } from '../../import/folder.ts';

export interface Manifest {
  project: string;
  /** Paths of this machine, by table. */
  tables: ReadonlyMap<string, readonly string[]>;
  rows: ReadonlyMap<string, number>;
}

const layout = { format: 'millwright-export', version: 1 };
const partName = /^[a-z_]+\/part-\d{5,}\.parquet$/;
const needed = ['experiments', 'runs', 'parameters', 'tags', 'metric_points', 'artifacts'];

/** Reads what an export says of itself. Errors: INVALID_INPUT where it is none, or not complete. */
export const readManifest = async (folder: Folder): Promise<Manifest> => {
  if ((await folder.kindOf('manifest.json')) !== 'file')
    fail('INVALID_INPUT', `${folder.root} is no complete export: manifest.json is missing. Export again.`);
  const content = parse(await folder.readText('manifest.json'));
  if (content?.['format'] !== layout.format || content['version'] !== layout.version)
    return fail('INVALID_INPUT', `${folder.root}/manifest.json is of no export that this version reads.`);
  const tables = new Map<string, string[]>();
  const rows = new Map<string, number>();
  for (const table of list(content['tables'])) {
    const files = list(table['files']).map(String);
    for (const file of files)
      if (!partName.test(file) || (await folder.kindOf(file)) !== 'file')
        fail('INVALID_INPUT', `${folder.root} is not complete: there is no ${file}.`);
    tables.set(
      String(table['name']),
      files.map((file) => `${folder.root}/${file}`),
    );
    rows.set(String(table['name']), Number(table['rows']));
  }
  for (const name of needed)
    if (!tables.has(name)) fail('INVALID_INPUT', `The export holds no ${name}: who made it could not read them.`);
  return { project: String(content['project'] ?? ''), tables, rows };
};

const parse = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);
