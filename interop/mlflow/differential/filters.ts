import type { Random } from './random.ts';

/** What one kind of comparison may have on its left and its right. */
export interface Field {
  left: readonly string[];
  operators: readonly string[];
  right: readonly string[];
}

const wrongClauses = [
  '',
  ' ',
  'abc',
  '= 1',
  'metrics.m1 >',
  "metrics.m1 = '1'",
  'metrics.m1 = NaN',
  'metrics.m1 LIKE 1',
  'params.p1 = 1',
  'params.p1 = a',
  "params.p1 > '1'",
  "params.p1 = 'a",
  "tags.t1 == 'a'",
  "unknown.x = 'a'",
  'status = RUNNING',
  "start_time = 'abc'",
  "attributes.unknown = 'a'",
  "params.`p1 = 'a'",
  "params.p1 = 'a' AND",
  "AND params.p1 = 'a'",
  "params.p1 = 'a' params.p2 = 'b'",
  "params.p1 = 'a';",
  "params.p1 = 'a'; DROP TABLE runs",
  "params.p1 = 'a' -- x",
  'run_id IN ()',
  "run_id IN ('a'",
  'run_id IN (1)',
  "tags.t1 IN ('a')",
  "name IN ('a')",
  'metrics.m1 BETWEEN 1 AND 2',
  "'a' = params.p1",
  "params = 'a'",
  "params. = 'a'",
  'metrics.m1 = 1e400',
  'metrics.m1 = 0x10',
  "version_number = 'a'",
  "creation_time > 'x'",
];

// What MLflow refuses and this server takes: its grammar is a superset.
const beyond = [
  "params.p1 = 'a' OR params.p1 = 'b'",
  "(params.p1 = 'a')",
  "NOT params.p1 = 'a'",
  "metrics.m1 > 0 AND (params.p1 = 'a' OR params.p2 = 'b')",
];

export const beyondMlflow = 'a filter beyond MLflow’s grammar';

export const aFilter = (fields: readonly Field[], random: Random): { filter: string; variant: string } => {
  if (random.chance(0.18)) {
    const filter = random.pick(wrongClauses);
    return { filter, variant: `filter: ${filter}` };
  }
  if (random.chance(0.03)) return { filter: random.pick(beyond), variant: beyondMlflow };
  const clauses = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => {
    const field = random.pick(fields);
    const operator = random.pick(field.operators);
    return {
      text: `${random.pick(field.left)} ${operator} ${rightOf(field, operator, random)}`,
      name: `${field.left[0]} ${operator}`,
    };
  });
  return {
    filter: clauses.map(({ text }) => text).join(random.pick([' AND ', ' and '])),
    variant: `filter: ${[...new Set(clauses.map(({ name }) => name))].toSorted().join(' AND ')}`,
  };
};

const rightOf = (field: Field, operator: string, random: Random): string => {
  if (/null/i.test(operator)) return '';
  const value = random.pick(field.right);
  if (/\bin\b/i.test(operator)) return `(${random.some(field.right, random.integer(1, 3)).join(', ')})`;
  return value;
};
