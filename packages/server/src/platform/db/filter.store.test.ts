import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateFilter, type Filter, parseFilter } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { isMillwrightError } from '#platform/errors';
import { createLog } from '#platform/log';
import { openTestDatabase, testDatabases } from '#platform/testing';
import { compileFilter, type Database, type FilterField, sql, type StoredValue } from './index.ts';

const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
const now = Date.UTC(2026, 5, 15, 12, 34, 56);
const day = 86_400_000;

/** Mulberry32: the same numbers for the same seed. */
const randomFrom = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
    chance: (share: number): boolean => next() < share,
  };
};
type Random = ReturnType<typeof randomFrom>;

interface Row {
  id: number;
  name: string | null;
  at: number | null;
  tags: Record<string, string>;
  metrics: Record<string, { last: number | 'NaN' | 'Infinity' | '-Infinity'; min: number | 'NaN' }>;
}

const texts = [
  '',
  'a',
  'A',
  'ab',
  'aB',
  'Abc',
  'a%b',
  'a_b',
  'a\\b',
  '100%',
  'x.y',
  'line\nbreak',
  'it\'s "so"',
  '[a]',
  '*?',
  'ärger',
  'ÄRGER',
  'straße',
  '日本語',
  '😀 smile',
  '\ue000',
  '6',
  '10',
  '1e1',
  '0x10',
  ' 7 ',
  'Infinity',
  'NaN',
  'true',
  'false',
  '2026-06-15',
  'k',
  '\u212a',
  'ſ',
  'resnet-50',
  'resnet_101',
  'aaab',
  '-5',
  '.5',
];
const keys = ['team', 'mlflow.user', 'a b', 'loss', 'loss.min', 'top.5'];
const instants = [0, now, now - day, now - 7 * day, now - 1, Date.UTC(2026, 5, 15), Date.UTC(2026, 5, 15) - 1, -day];
const numbers = [0, 1, -1, 0.5, 6, 10, 1e300, -2.25, 1e-9, 16];

const aRow = (random: Random, id: number): Row => {
  const some = <T>(share: number, value: () => T): Record<string, T> =>
    Object.fromEntries(keys.filter(() => random.chance(share)).map((key) => [key, value()]));
  const special = ['NaN', 'Infinity', '-Infinity'] as const;
  return {
    id,
    name: random.chance(0.1) ? null : random.pick(texts),
    at: random.chance(0.2) ? null : random.pick(instants),
    tags: some(0.5, () => random.pick(texts)),
    metrics: some(0.5, () => ({
      last: random.chance(0.3) ? random.pick(special) : random.pick(numbers),
      min: random.chance(0.2) ? 'NaN' : random.pick(numbers),
    })),
  };
};

const quoteKey = (random: Random, key: string): string => {
  if (/ |\.5/.test(key) || random.chance(0.3)) return random.chance(0.5) ? `\`${key}\`` : `"${key}"`;
  return key;
};
const quote = (random: Random, text: string): string =>
  random.chance(0.5) ? `"${text.replaceAll('"', '""')}"` : `'${text.replaceAll("'", "''")}'`;

const aLike = (random: Random): string => {
  const characters = [...random.pick(texts)].map((character) =>
    random.chance(0.2) ? random.pick(['%', '_', '%%']) : random.chance(0.2) ? character.toUpperCase() : character,
  );
  return `${random.pick(['', '%'])}${characters.join('')}${random.pick(['', '%'])}`;
};
const anAtom = (random: Random): string =>
  random.pick(
    [
      'a',
      'b',
      'A',
      '.',
      '\\.',
      '\\\\',
      '\\%',
      '_',
      '[a-c]',
      '[^a-c]',
      '[\\d_-]',
      '[\\]\\[]',
      '\\d',
      '\\D',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
    ].concat(['ä', '[ä-ü]', '日', '😀', '\\n', '^', '$', '-', '%', "'", '0', '5']),
  );
const aRegex = (random: Random): string => {
  const piece = (depth: number): string => {
    const isGroup = depth < 2 && random.chance(0.25);
    const atom = isGroup
      ? `(${random.pick(['', '?:'])}${branch(depth + 1)}${random.chance(0.5) ? `|${branch(depth + 1)}` : ''})`
      : anAtom(random);
    const canRepeat = depth === 0 && !/^[\^$]$/.test(atom) && !/[*+{]/.test(atom);
    return canRepeat && random.chance(0.3)
      ? atom + random.pick(['*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '+?'])
      : atom;
  };
  const branch = (depth: number): string =>
    Array.from({ length: 1 + Math.floor(random.next() * 3) }, () => piece(depth)).join('');
  return random.chance(0.2) ? `${branch(0)}|${branch(0)}` : branch(0);
};

const aValue = (random: Random): string => {
  const kind = random.next();
  if (kind < 0.4) return quote(random, random.pick(texts));
  if (kind < 0.7) return String(random.pick(numbers));
  if (kind < 0.8) return random.pick(['true', 'FALSE']);
  if (kind < 0.9)
    return random.pick(['now()', 'now() - 7d', 'NOW()-24h', 'today()', 'today() - 1d + 60m', 'now() - 1w']);
  return random.pick(['"2026-06-15"', '"2026-06-14T12:34:56"', '"2026-06-15T12:34:56Z"', '"2026-06"']);
};
const aComparison = (random: Random): string => {
  const key = random.pick([
    () => 'name',
    () => 'at',
    () => `tags.${quoteKey(random, random.pick(keys))}`,
    () => `metrics.${quoteKey(random, random.pick(keys))}`,
    () => `metrics.${random.pick(['loss', 'team'])}.min`,
  ])();
  const not = random.pick(['', 'not ', 'NOT ']);
  return random.pick([
    () => `${key} ${random.pick(['=', '==', '!=', '<', '<=', '>', '>='])} ${aValue(random)}`,
    () => `${key} ${random.pick(['=', '!=', '<', '>='])} ${aValue(random)}`,
    () => `${key} ~ ${quote(random, random.pick(texts))}`,
    () => `${key} ${not}${random.pick(['like', 'LIKE', 'ilike'])} ${quote(random, aLike(random))}`,
    () => `${key} ${not}rlike ${quote(random, aRegex(random))}`,
    () => `${key} ${not}between ${aValue(random)} and ${aValue(random)}`,
    () => `${key} ${not}in (${aValue(random)}, ${aValue(random)})`,
    () => `${key} is ${not}null`,
  ])();
};
const aFilter = (random: Random, depth = 0): string => {
  if (depth > 2 || random.chance(0.6)) return aComparison(random);
  const parts = [aFilter(random, depth + 1), aFilter(random, depth + 1)];
  return random.pick([() => `(${parts.join(' AND ')})`, () => `(${parts.join(' or ')})`, () => `not (${parts[0]})`])();
};

const entriesIn = (table: string, value: StoredValue): FilterField => ({
  entry: (path, test) =>
    sql`exists (select 1 from ${sql.table(table)} as entry where entry.row_id = items.id and entry.key = ${path.join('.')} and ${test(value)})`,
});
const last: StoredValue = { number: sql`entry.last_value`, special: sql`entry.last_special` };
const min: StoredValue = {
  number: sql`entry.min_value`,
  special: sql`case when entry.min_value is null then 'NaN' end`,
};
const fields: Record<string, FilterField> = {
  name: { column: { text: sql`items.name` } },
  at: { column: { number: sql`items.at` } },
  tags: entriesIn('item_tags', { text: sql`entry.value`, number: sql`entry.number_value` }),
  metrics: {
    entry(path, test) {
      const entry = (key: string, value: StoredValue) =>
        (entriesIn('item_metrics', value) as { entry: Extract<FilterField, { entry: unknown }>['entry'] }).entry(
          [key],
          test,
        );
      const whole = entry(path.join('.'), last);
      if (path.length < 2 || path.at(-1) !== 'min') return whole;
      const named = sql`exists (select 1 from item_metrics as named where named.row_id = items.id and named.key = ${path.join('.')})`;
      return sql`(${whole} or (not ${named} and ${entry(path.slice(0, -1).join('.'), min)}))`;
    },
  },
};
const numberOf = (text: string): number | null => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? null : Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, number));
};

describe.each(testDatabases)('a filter on %s', (kind) => {
  let dir = '';
  let database: Database;
  const rows: Row[] = [];
  const run = (text: ReturnType<typeof sql>) => text.execute(database.db);
  const find = async (filter: Filter): Promise<number[]> => {
    const condition = compileFilter(filter, fields, database.kind);
    const found = await sql<{ id: number }>`select id from items where ${condition} order by id`.execute(database.db);
    return found.rows.map(({ id }) => id);
  };
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-filter-'));
    database = await openTestDatabase(kind, dir, log);
    const double = sql`double precision`;
    await run(sql`create table items (id integer primary key, name text, at bigint)`);
    await run(sql`create table item_tags (row_id integer, key text, value text, number_value ${double})`);
    await run(
      sql`create table item_metrics (row_id integer, key text, last_value ${double}, last_special text, min_value ${double})`,
    );
    const random = randomFrom(7);
    for (let id = 0; id < 60; id += 1) {
      const row = aRow(random, id);
      rows.push(row);
      await run(sql`insert into items values (${id}, ${row.name}, ${row.at})`);
      for (const [key, value] of Object.entries(row.tags))
        await run(sql`insert into item_tags values (${id}, ${key}, ${value}, ${numberOf(value)})`);
      for (const [key, metric] of Object.entries(row.metrics)) {
        const isNumber = typeof metric.last === 'number';
        await run(sql`insert into item_metrics values (${id}, ${key}, ${isNumber ? metric.last : null},
          ${isNumber ? null : metric.last}, ${metric.min === 'NaN' ? null : metric.min})`);
      }
    }
  });
  afterAll(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('means what it means in the browser, for every operator', async () => {
    const random = randomFrom(20_260_615);
    let compared = 0;
    let found = 0;
    for (let count = 0; count < 1500; count += 1) {
      const text = aFilter(random);
      const parsed = parseFilter(text, now);
      if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem.message} (at ${parsed.problem.position})`);
      const filter = parsed.filter as Filter;
      const answer = await find(filter).catch((error: unknown) => {
        // Only this: a pattern for a column of numbers, a number for a column of text.
        if (isMillwrightError(error) && /This column holds/.test(error.message)) return null;
        throw new Error(`${text} failed`, { cause: error });
      });
      if (answer === null) continue;
      const expected = rows.filter((row) => evaluateFilter(filter, row)).map(({ id }) => id);
      expect(answer, text).toEqual(expected);
      compared += 1;
      if (answer.length > 0 && answer.length < rows.length) found += 1;
    }
    expect(compared).toBeGreaterThan(900);
    expect(found).toBeGreaterThan(500);
  });

  it.each([
    ['nothing = 1', 0],
    ["name = 'a' and nothing.x like 'a%'", 15],
    ['name = 5', 7],
    ["at ilike 'x'", 9],
  ])('refuses %s and says where', async (text, position) => {
    const parsed = parseFilter(text);
    const filter = 'filter' in parsed ? (parsed.filter as Filter) : null;
    await expect(async () => find(filter as Filter)).rejects.toMatchObject({
      code: 'INVALID_FILTER',
      extra: { position },
    });
  });

  it('tells rows with something else from rows with nothing, where `in` is negated', async () => {
    const filter: Filter = { kind: 'in', path: ['tags', 'team'], values: ['a', 'ab'], negated: true };
    expect(await find(filter)).toEqual(rows.filter((row) => evaluateFilter(filter, row)).map(({ id }) => id));
    expect(await find({ kind: 'and', parts: [filter, { kind: 'null', path: ['tags', 'team'] }] })).toEqual([]);
  });
});
