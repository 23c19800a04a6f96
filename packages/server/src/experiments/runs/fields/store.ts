import { type FilterField, sql, type StoredValue } from '#platform/db';
import { fail } from '#platform/errors';
import type { BestValues } from '../../metrics/metric.ts';

type Sql = ReturnType<typeof sql>;

/** How the queries for what belongs to a run name it, and how they end. */
interface Joined {
  run: Sql;
  end: Sql;
}

const entriesIn = (table: 'run_parameters' | 'run_tags', { run, end }: Joined): FilterField => ({
  entry: (path, test) => sql`exists (
    select 1 from ${sql.table(table)} as entry where entry.run = ${run} and entry.key = ${path.join('.')}
    and ${test({ text: sql`entry.value`, number: sql`entry.number_value` })} ${end})`,
});

const summaryFields: Record<string, StoredValue> = {
  last: {
    number: sql`case when metric.last_special is null then metric.last_value end`,
    special: sql`metric.last_special`,
  },
  min: { number: sql`metric.min_value`, special: sql`case when metric.min_value is null then 'NaN' end` },
  max: { number: sql`metric.max_value`, special: sql`case when metric.max_value is null then 'NaN' end` },
  lastStep: { number: sql`metric.last_step` },
  points: { number: sql`metric.points` },
};

/** `metrics.auc` is the last value of `auc`; `metrics.auc.min` its smallest, unless a metric has that very name. */
const metricEntry = (best: BestValues, { run, end }: Joined): FilterField => ({
  entry(path, test) {
    const whole = path.join('.');
    const metric = (key: string, stored: StoredValue) => sql`exists (
      select 1 from run_metrics as metric where metric.run = ${run} and metric.key = ${key} and ${test(stored)} ${end})`;
    const byName = metric(whole, summaryFields['last'] as StoredValue);
    const field = path.at(-1) ?? '';
    const key = path.slice(0, -1).join('.');
    const asked = field === 'best' ? (best.get(key) ?? '') : field;
    const part = Object.hasOwn(summaryFields, asked) ? summaryFields[asked] : undefined;
    if (path.length < 2 || !part) return byName;
    const isName = sql`exists (select 1 from run_metrics as named where named.run = ${run} and named.key = ${whole} ${end})`;
    return sql`(${byName} or (not ${isName} and ${metric(key, part)}))`;
  },
});

/** Of the data sets a run read: one of them has the name, the digest or the context. */
const datasetEntry = ({ run, end }: Joined): FilterField => ({
  entry(path, test) {
    const [field = '', ...rest] = path;
    const columns: Record<string, StoredValue> = {
      name: { text: sql`dataset.name` },
      digest: { text: sql`dataset.digest` },
      context: { text: sql`input.context` },
    };
    const stored = Object.hasOwn(columns, field) && rest.length === 0 ? columns[field] : undefined;
    if (!stored)
      return fail('INVALID_FILTER', `Data sets have no '${path.join('.')}'. There are name, digest and context.`);
    return sql`exists (
      select 1 from run_inputs as input inner join input_datasets as dataset on dataset.number = input.dataset
      where input.run = ${run} and ${stored.text} is not null and ${test(stored)} ${end})`;
  },
});

/** A query that ends so is run for each row as it is written: PostgreSQL makes no join of it. */
export const asWritten = sql`offset 0`;

/**
 * What runs are filtered by: the names that a run has on the wire. `best`: what is the best of metrics.
 */
export const runFields = (best: BestValues, joined: Joined): Record<string, FilterField> => ({
  id: { column: { text: sql`runs.id` } },
  hex: { column: { text: sql`runs.hex` } },
  artifactUri: {
    column: {
      text: sql`rtrim(coalesce(experiments.artifact_location, 'mlflow-artifacts:/' || experiments.number), '/') || '/' || runs.hex || '/artifacts'`,
    },
  },
  name: { column: { text: sql`runs.name` } },
  status: { column: { text: sql`runs.status` } },
  owner: { column: { text: sql`runs.owner` } },
  userId: { column: { text: sql`runs.user_id` } },
  note: { column: { text: sql`runs.note` } },
  parentRunId: { column: { text: sql`runs.parent_run_id` } },
  experiment: { column: { text: sql`experiments.name` } },
  experimentName: { column: { text: sql`experiments.name` } },
  startedAt: { column: { number: sql`runs.started_at` } },
  endedAt: { column: { number: sql`runs.ended_at` } },
  parameters: entriesIn('run_parameters', joined),
  tags: entriesIn('run_tags', joined),
  metrics: metricEntry(best, joined),
  datasets: datasetEntry(joined),
});
