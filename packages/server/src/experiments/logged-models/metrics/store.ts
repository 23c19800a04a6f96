import { type Db, isAmong } from '#platform/db';
import { fromStored, type MetricState } from '../../metrics/metric.ts';
import { toColumns, toState } from '../../metrics/store.ts';
import type { ExperimentsTables } from '../../tables.ts';
import type { ModelPoint } from '../logged-model.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** A metric of a model as one run measured it on one data set, or on none in particular. */
export interface ModelMetric {
  /** The numbers of the model and of the run. */
  model: number;
  run: number;
  key: string;
  datasetName: string;
  datasetDigest: string;
}

export const nameOfMetric = (metric: ModelMetric): string =>
  JSON.stringify([metric.model, metric.run, metric.key, metric.datasetName, metric.datasetDigest]);

/** Those of the models in the runs, by their names. */
export const readModelSeries = async (
  db: Db,
  named: { models: readonly number[]; runs: readonly number[]; keys: readonly string[] },
): Promise<Map<string, { series: number; state: MetricState }>> => {
  const rows = await tables(db)
    .selectFrom('logged_model_metrics')
    .selectAll()
    .where(isAmong(db, 'model', named.models))
    .where(isAmong(db, 'run', named.runs))
    .where(isAmong(db, 'key', named.keys))
    .execute();
  return new Map(
    rows.map((row) => [
      nameOfMetric({ ...row, datasetName: row.dataset_name, datasetDigest: row.dataset_digest }),
      { series: row.series, state: toState(row) },
    ]),
  );
};

const rowsPerStatement = 500;

/** Answers the number of each, by its name. */
export const insertModelSeries = async (
  db: Db,
  added: readonly (ModelMetric & { state: MetricState })[],
): Promise<Map<string, number>> => {
  const numbers = new Map<string, number>();
  for (let start = 0; start < added.length; start += rowsPerStatement) {
    const rows = await tables(db)
      .insertInto('logged_model_metrics')
      .values(
        added.slice(start, start + rowsPerStatement).map(({ model, run, key, datasetName, datasetDigest, state }) => ({
          model,
          run,
          key,
          dataset_name: datasetName,
          dataset_digest: datasetDigest,
          ...toColumns(state),
        })),
      )
      .returning(['series', 'model', 'run', 'key', 'dataset_name', 'dataset_digest'])
      .execute();
    for (const row of rows)
      numbers.set(
        nameOfMetric({ ...row, datasetName: row.dataset_name, datasetDigest: row.dataset_digest }),
        row.series,
      );
  }
  return numbers;
};

/** More points are too many for one answer; then the last one of each metric speaks for all. */
const maxPointsPerModel = 10_000;

/** In the order in which the metrics were first logged. */
export const readModelMetrics = async (db: Db, models: readonly number[]): Promise<Map<number, ModelPoint[]>> => {
  const found = new Map<number, ModelPoint[]>();
  const series = await tables(db)
    .selectFrom('logged_model_metrics as m')
    .innerJoin('runs', 'runs.number', 'm.run')
    .select([
      'm.series',
      'm.model',
      'm.key',
      'm.points',
      'm.dataset_name',
      'm.dataset_digest',
      'm.last_value',
      'm.last_special',
      'm.last_step',
      'm.last_at',
      'runs.id as run_id',
    ])
    .where(isAmong(db, 'm.model', models))
    .orderBy('m.series')
    .execute();
  if (series.length === 0) return found;
  const totals = new Map<number, number>();
  for (const { model, points } of series) totals.set(model, (totals.get(model) ?? 0) + points);
  const isLong = (model: number): boolean => (totals.get(model) ?? 0) > maxPointsPerModel;
  const points = await tables(db)
    .selectFrom('logged_model_points')
    .selectAll()
    .where(
      isAmong(
        db,
        'series',
        series.filter((one) => one.points > 1 && !isLong(one.model)).map((one) => one.series),
      ),
    )
    .orderBy('series')
    .orderBy('at')
    .orderBy('step')
    .orderBy('value')
    .execute();
  const pointsOf = Map.groupBy(points, (point) => point.series);
  for (const one of series) {
    const last = { value: one.last_special ?? one.last_value ?? 'NaN', step: one.last_step, at: one.last_at };
    const own = pointsOf.get(one.series)?.map((row) => ({ value: fromStored(row), step: row.step, at: row.at }));
    const known = found.get(one.model) ?? [];
    found.set(one.model, known);
    for (const point of own ?? [last])
      known.push({
        key: one.key,
        ...point,
        runId: one.run_id,
        datasetName: one.dataset_name,
        datasetDigest: one.dataset_digest,
      });
  }
  return found;
};
