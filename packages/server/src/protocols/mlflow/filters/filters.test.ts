import { readFileSync } from 'node:fs';
import { evaluateFilter } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { isMillwrightError } from '#platform/errors';
import { type MlflowEntity, readLoggedModelOrder, readMlflowFilter, readMlflowOrder } from './index.ts';

/** What a real MLflow answered; made by peer-cases.py. */
const peer = JSON.parse(readFileSync(`${import.meta.dirname}/peer-cases.json`, 'utf8')) as {
  peer: string;
  rows: Record<MlflowEntity, object[]>;
  /** Kind, filter, and the rows that match; null where it refuses. */
  documented: [MlflowEntity, string, number[] | null][];
  filters: [MlflowEntity, string, number[] | null][];
  orders: [MlflowEntity, string[], boolean][];
};

interface Refusal {
  message: string;
  position: number;
}
const refusal = (read: () => unknown): Refusal | null => {
  try {
    read();
    return null;
  } catch (error) {
    if (!isMillwrightError(error) || error.code !== 'INVALID_FILTER') throw error;
    return { message: error.message, position: Number(error.extra['position']) };
  }
};
const found = (entity: MlflowEntity, text: string): number[] => {
  const filter = readMlflowFilter(entity, text);
  // What the store keeps beside an id of its own is the id of the wire; here both are.
  return peer.rows[entity].flatMap((row, index) =>
    evaluateFilter(filter, entity === 'runs' && 'id' in row ? { ...row, hex: row.id } : row) ? [index] : [],
  );
};

/** Where we differ on purpose: what, and whether a filter has it. */
type Difference = [reason: string, applies: (entity: MlflowEntity, text: string) => boolean];
const accepted: Difference[] = [
  ['lists and null tests for every text', (_entity, text) => / in \(| is (?:not )?null/i.test(text)],
  [
    '`attributes.` before the times of logged models, where MLflow fails',
    (entity, text) => entity === 'logged-models' && /attributes\./.test(text),
  ],
  [
    'words of logged models that SQL knows, or without spaces around',
    (entity, text) => entity === 'logged-models' && /=\s*[a-z]/.test(text),
  ],
];
const refused: Difference[] = [
  [
    'patterns of ids other than their beginning',
    (entity, text) => entity !== 'runs' && /(?:run|model)_id i?like/i.test(text),
  ],
  [
    'comparisons with NaN, that nothing or everything passes',
    (entity, text) => entity === 'logged-models' && text.includes('NaN'),
  ],
];
const otherRows: Difference[] = [
  [
    'double quotes of logged models, which MLflow takes for part of the key or text',
    (entity, text) => entity === 'logged-models' && text.includes('"'),
  ],
];
const reasonFor = (differences: readonly Difference[], entity: MlflowEntity, text: string): string | undefined =>
  differences.find(([, applies]) => applies(entity, text))?.[0];

describe(`filters of MLflow clients, beside those of ${peer.peer}`, () => {
  it.each(peer.documented)('decides on the documented example of %s as MLflow does: %s', (entity, text, rows) => {
    // A dash in a name needs no quotes here.
    if (text.includes('cross-entropy-loss <')) expect(found(entity, text)).toEqual([]);
    else if (rows === null) expect(refusal(() => readMlflowFilter(entity, text))).not.toBeNull();
    else expect(found(entity, text)).toEqual(rows);
  });
  it('accepts what MLflow accepts, for the same rows', () => {
    const agreeing = peer.filters.filter(([entity, text, rows]) => {
      if (rows === null) return false;
      const problem = refusal(() => readMlflowFilter(entity, text));
      const same = problem === null && found(entity, text).join() === rows.join();
      const reason = reasonFor(problem ? refused : otherRows, entity, text);
      if (!same)
        expect(reason, `${entity}: ${text}: ${problem?.message ?? `${found(entity, text)} not ${rows}`}`).toBeDefined();
      return same;
    });
    expect(agreeing.length).toBeGreaterThan(300);
    expect(agreeing.filter(([, , rows]) => rows?.length).length).toBeGreaterThan(100);
  });
  it('refuses what MLflow refuses, but for the listed additions, and says where', () => {
    const both = peer.filters.filter(([entity, text, rows]) => {
      if (rows !== null) return false;
      const problem = refusal(() => readMlflowFilter(entity, text));
      if (problem) {
        expect(problem.position).toBeGreaterThanOrEqual(0);
        expect(problem.position).toBeLessThanOrEqual(text.length);
      } else expect(reasonFor(accepted, entity, text), `${entity}: ${text}`).toBeDefined();
      return problem !== null;
    });
    expect(both.length).toBeGreaterThan(500);
  });
  it('accepts and refuses the same orders', () => {
    for (const [entity, clauses, isAccepted] of peer.orders)
      expect([entity, clauses, refusal(() => readMlflowOrder(entity, clauses)) === null]).toEqual([
        entity,
        clauses,
        isAccepted,
      ]);
  });
});

describe('readMlflowFilter', () => {
  it.each<[MlflowEntity, string, number, string]>([
    ['runs', 'params.lr = 0.01', 12, 'Expected a quoted string value for parameter'],
    ['runs', 'tags.a = 5', 9, 'Expected a quoted string value for tag'],
    ['runs', 'status = 1', 9, 'Expected a quoted string value for attributes'],
    ['runs', 'params.lr = LR', 12, 'Parameter value is either not quoted or unidentified quote types'],
    ['runs', 'params.lr = `LR`', 12, 'Parameter value is either not quoted or unidentified quote types'],
    ['runs', 'metrics.a != metrics.b', 13, 'Expected numeric value type for metric. Found metrics'],
    ['runs', '1.0 > metrics.a', 0, "Invalid comparison clause. Expected 'Identifier' found '1.0'"],
    ['runs', "= 'a'", 0, 'Invalid clause(s) in filter string'],
    ['runs', 'metrics.a > 1; metrics.b > 1', 13, 'Search filter contained multiple expression'],
    ['runs', "metrics.loss < '1'", 15, 'Expected numeric value type for metric'],
    ['runs', "metrics.loss LIKE '1%'", 13, "Invalid comparator 'like'"],
    ['runs', "params.lr > '1'", 10, "Invalid comparator '>'"],
    ['runs', "tags.a = 'x' AND foo.b = 'y'", 17, "Invalid entity type 'foo'"],
    ['runs', "lifecycle_stage = 'active'", 0, "Invalid attribute key 'lifecycle_stage'"],
    ['runs', "dataset.source = 'x'", 0, "Invalid dataset key 'source'"],
    ['runs', "start_time > '2026-01-01'", 13, 'milliseconds'],
    ['runs', 'params.lr = true', 12, 'Invalid clause(s) in filter string'],
    ['runs', "params.lr = 'x", 12, 'not closed'],
    ['runs', "params.lr rlike '(a'", 17, 'not closed'],
    ['runs', "params.lr = 'x';", 15, 'no meaning'],
    ['logged-models', "source_run_id like '%ab'", 19, 'beginning of an id'],
    ['logged-models', 'name', 4, 'Invalid filter string'],
    ['logged-models', "name > 'a'", 5, "Invalid comparison operator for name: '>'"],
    ['logged-models', 'metrics.a like 0', 10, "Invalid comparison operator for metrics.a: 'like'"],
    ['experiments', "experiment_id = 'x'", 16, 'whole number'],
    ['experiments', 'creation_time > 1.5', 16, 'whole number'],
    ['registered-models', "creation_timestamp = '1'", 0, 'Invalid attribute key'],
    ['model-versions', "stage = 'Production'", 0, "Invalid attribute key 'stage'"],
    ['logged-models', "status = 'DONE'", 9, 'READY'],
  ])('refuses of %s: %s', (entity, text, position, part) => {
    expect(refusal(() => readMlflowFilter(entity, text))).toEqual({ position, message: expect.stringContaining(part) });
  });

  const now = Date.UTC(2026, 0, 15);
  const rows = [
    {
      id: 'run_a',
      name: 'one',
      status: 'running',
      startedAt: now - 1000,
      endedAt: null,
      metrics: { loss: { last: 1, min: 0.1, max: 2 } },
      parameters: { lr: '0.01' },
      tags: {},
    },
    {
      id: 'run_b',
      name: 'two',
      status: 'failed',
      startedAt: now - 90_000_000,
      endedAt: 5,
      metrics: { loss: { last: 3, min: 3, max: 3 } },
      parameters: { lr: '0.1', opt: 'adam' },
      tags: { t: 'x' },
    },
  ];
  it.each([
    ["status = 'RUNNING' or params.opt = 'adam'", ['one', 'two']],
    ["not (status = 'RUNNING')", ['two']],
    ["status in ('RUNNING', 'KILLED')", ['one']],
    ["status rlike '^F.IL'", ['two']],
    ["status = 'running'", []],
    ["status ilike 'run%'", ['one']],
    ["params.opt not in ('sgd')", ['two']],
    ["params.opt not like 's%'", ['two']],
    ['params.lr between 0.05 and 1', ['two']],
    ['metrics.loss between 0 and 1', ['one']],
    ['metrics.loss.min < 1', ['one']],
    ['metrics.loss is not null and tags.t is null', ['one']],
    ['end_time is null', ['one']],
    ['start_time > now() - 1d', ['one']],
    ['created < today() and metrics.loss > 0', ['one', 'two']],
  ])('reads what MLflow has not: %s', (text, names) => {
    const filter = readMlflowFilter('runs', text, { now });
    expect(rows.filter((row) => evaluateFilter(filter, row)).map(({ name }) => name)).toEqual(names);
  });
  it('translates ids, and the beginnings of ids', () => {
    const options = { toId: (id: string) => `run_${id}`, toModelId: (id: string) => `lm_${id.slice(2)}` };
    const hex = '0123456789abcdef0123456789abcdef';
    expect(readMlflowFilter('runs', `run_id = '${hex}'`, options)).toMatchObject({ path: ['id'], value: `run_${hex}` });
    expect(readMlflowFilter('logged-models', `model_id != 'm-${hex}'`, options)).toMatchObject({ value: `lm_${hex}` });
    expect(readMlflowFilter('runs', "run_id in ('x')", options)).toMatchObject({ values: ['x'] });
    expect(readMlflowFilter('runs', "run_id like '%ab%'", options)).toMatchObject({ path: ['hex'], value: '%ab%' });
    expect(readMlflowFilter('logged-models', "source_run_id ilike 'AB%'", options)).toMatchObject({
      parts: [
        { operator: '>=', value: `run_ab${'0'.repeat(30)}` },
        { operator: '<=', value: `run_ab${'f'.repeat(30)}` },
      ],
    });
    expect(readMlflowFilter('logged-models', "source_run_id like '%'", options)).toMatchObject({
      kind: 'not',
      part: { kind: 'null' },
    });
  });
  it('takes an empty text for no filter', () => {
    for (const text of ['', '  ', ' AND ']) expect(readMlflowFilter('runs', text)).toBeNull();
  });
});

describe('readMlflowOrder', () => {
  it('names a key that nothing is ordered by as clients know it', () => {
    for (const [entity, called] of [
      ['registered-models', 'order by'],
      ['model-versions', 'attribute'],
    ] as const)
      expect(refusal(() => readMlflowOrder(entity, ['name', 'foo']))?.message).toContain(
        `Invalid ${called} key 'foo' specified.`,
      );
  });
  it('reads keys, quotes and directions', () => {
    expect(readMlflowOrder('runs', ['metrics.`val loss` DESC', 'params.lr', 'created asc'])).toEqual([
      { path: ['metrics', 'val loss'], descending: true },
      { path: ['parameters', 'lr'], descending: false },
      { path: ['startedAt'], descending: false },
    ]);
    expect(readMlflowOrder('registered-models', ['timestamp'])).toEqual([{ path: ['updatedAt'], descending: false }]);
  });
  it.each([
    ['run_id ACS', "Invalid ordering key in order_by clause 'run_id ACS' (at character 8)."],
    ['metrics.a != 1', "Invalid order_by clause 'metrics.a != 1'. Could not be parsed"],
    ['run_id desc asc', "Invalid order_by clause 'run_id desc asc'. Could not be parsed"],
  ])('says of %s what is wrong', (clause, message) => {
    expect(refusal(() => readMlflowOrder('runs', [clause]))?.message).toContain(message);
  });
  it('refuses to order twice by the same', () => {
    expect(refusal(() => readMlflowOrder('runs', ['metrics.a.b', 'metrics.`a.b` desc']))?.message).toBe(
      "`order_by` contains duplicate fields: ['metrics.a.b', 'metrics.`a.b` desc']",
    );
    expect(readMlflowOrder('experiments', ['name', 'name desc'])).toEqual([{ path: ['name'], descending: false }]);
  });
});

describe('readLoggedModelOrder', () => {
  it('reads fields, directions and the dataset of a metric', () => {
    expect(
      readLoggedModelOrder([
        { field_name: 'metrics.val.loss', ascending: false, dataset_name: 'iris' },
        { field_name: 'metrics.val.loss', dataset_digest: 'd1' },
        { field_name: 'creation_time' },
      ]),
    ).toEqual([
      { path: ['metrics', 'val.loss'], descending: true, dataset: { name: 'iris', digest: null } },
      { path: ['metrics', 'val.loss'], descending: false, dataset: { name: null, digest: 'd1' } },
      { path: ['createdAt'], descending: false, dataset: null },
    ]);
  });
  it.each([[{}], [{ field_name: 'params.a' }], [{ field_name: 'foo' }]])('refuses %j', (clause) => {
    expect(refusal(() => readLoggedModelOrder([clause]))).not.toBeNull();
  });
});
