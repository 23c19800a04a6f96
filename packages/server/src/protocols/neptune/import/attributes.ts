import { readParquet, type Row, type Tables } from '#platform/tables';

export interface Attributes {
  project: string;
  runId: string;
  startedAt: number;
  endedAt: number;
  isFailed: boolean;
  isTrashed: boolean;
  owner: string;
  note: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** What makes all steps whole numbers. */
  steps: { multiplier: number };
  /** Values that are not taken, by their type. */
  lost: [type: string, count: number][];
}

/** Attributes that the program itself keeps. */
const system = 'sys/';
const taken = ['float_series', 'string_series', 'file', 'file_series', 'file_set', 'artifact'];
const single = ['float', 'int', 'string', 'bool', 'datetime', 'string_set'];
const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

export const readOrigin = async (
  tables: Tables,
  paths: readonly string[],
): Promise<{ project: string; run: string }> => {
  const [row] = await tables.rows(`SELECT project_id, run_id FROM ${readParquet(paths.slice(0, 1))} LIMIT 1`);
  return { project: String(row?.['project_id'] ?? ''), run: String(row?.['run_id'] ?? '') };
};

const textOf = (row: Row): string => {
  const [instant, set] = [row['instant'], row['string_set_value']];
  if (Array.isArray(set)) return set.join(',');
  if (instant !== null && instant !== undefined) return new Date(Number(instant)).toISOString();
  const value = row['string_value'] ?? row['int_value'] ?? row['float_value'] ?? row['bool_value'];
  return value === null || value === undefined ? '' : String(value);
};

export const readAttributes = async (tables: Tables, paths: readonly string[]): Promise<Attributes> => {
  const source = readParquet(paths);
  const { project, run } = await readOrigin(tables, paths);
  const rows = await tables.rows(
    `SELECT attribute_path, int_value, float_value, string_value, bool_value, datetime_value AS instant, string_set_value
     FROM ${source} WHERE attribute_type IN (${quoted(single)})`,
  );
  const values = new Map(rows.map((row) => [String(row['attribute_path']), row]));
  const own = (name: string): string => textOf(values.get(`${system}${name}`) ?? {});
  const instant = (name: string): number => Number(values.get(`${system}${name}`)?.['instant'] ?? 0);
  const [spread] = await tables.rows(
    `SELECT min(timestamp) AS earliest, max(timestamp) AS latest,
       coalesce(max(CASE WHEN step IS NULL OR step = floor(step) THEN 0 ELSE length(rtrim(split_part(step::VARCHAR, '.', 2), '0')) END), 0) AS digits
     FROM ${source}`,
  );
  const lost = await tables.rows(
    `SELECT attribute_type, count(*) AS count FROM ${source}
     WHERE attribute_type NOT IN (${quoted([...single, ...taken])}) GROUP BY 1 ORDER BY 1`,
  );
  const set = values.get(`${system}tags`)?.['string_set_value'];
  const given = Array.isArray(set) ? set.map((tag): [string, string] => [String(tag), 'true']) : [];
  const named = [...values].flatMap(([path, row]): [string, string][] =>
    path.startsWith(system) && path !== `${system}tags` ? [[`neptune.${path.slice(system.length)}`, textOf(row)]] : [],
  );
  const startedAt = instant('creation_time') || Number(spread?.['earliest'] ?? 0);
  return {
    project,
    runId: run,
    startedAt,
    endedAt: instant('modification_time') || Number(spread?.['latest'] ?? startedAt),
    isFailed: own('failed') === 'true',
    isTrashed: own('trashed') === 'true',
    owner: own('owner'),
    note: own('description'),
    parameters: Object.fromEntries(
      [...values].flatMap(([path, row]) => (path.startsWith(system) ? [] : [[path, textOf(row)]])),
    ),
    tags: Object.fromEntries([...given, ...named]),
    steps: { multiplier: 10 ** Number(spread?.['digits'] ?? 0) },
    lost: lost.map((row) => [String(row['attribute_type']), Number(row['count'])]),
  };
};
