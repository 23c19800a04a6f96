import type { Db } from '#platform/db';
import { nothing, writePoints } from '../../metrics/adding.ts';
import type { MetricState } from '../../metrics/metric.ts';
import type { NewPoint } from '../../metrics/store.ts';
import type { NewModelPoint } from '../logged-model.ts';
import { insertModelSeries, type ModelMetric, nameOfMetric, readModelSeries } from './store.ts';

export interface AddedModelPoints {
  /** The number of the run that logs them. */
  run: number;
  points: readonly NewModelPoint[];
}

/**
 * Adds points to logged models; the locks of their runs are held, so that nobody else adds to the same metrics.
 * `numbers`: of the models, by id. `now` for points without a time.
 */
export const addModelPoints = async (
  db: Db,
  added: readonly AddedModelPoints[],
  numbers: ReadonlyMap<string, { number: number }>,
  now: number,
): Promise<void> => {
  const points = added.flatMap(({ run, points: own }) =>
    own.map((point) => {
      const metric: ModelMetric = {
        model: (numbers.get(point.modelId) as { number: number }).number,
        run,
        key: point.key,
        datasetName: point.datasetName ?? '',
        datasetDigest: point.datasetDigest ?? '',
      };
      return { point, metric, name: nameOfMetric(metric) };
    }),
  );
  if (points.length === 0) return;
  const seriesOf = new Map<string, { series: number; state: MetricState | undefined }>(
    await readModelSeries(db, {
      models: [...new Set(points.map(({ metric }) => metric.model))],
      runs: [...new Set(points.map(({ metric }) => metric.run))],
      keys: [...new Set(points.map(({ metric }) => metric.key))],
    }),
  );
  const missing = new Map(points.filter(({ name }) => !seriesOf.has(name)).map(({ name, metric }) => [name, metric]));
  const made = await insertModelSeries(
    db,
    [...missing.values()].map((metric) => ({ ...metric, state: nothing })),
  );
  for (const [name, series] of made) seriesOf.set(name, { series, state: undefined });
  const rows = points.map(
    ({ name, point: { at = now, step = 0, value } }): NewPoint => ({
      series: (seriesOf.get(name) as { series: number }).series,
      at,
      step,
      value,
    }),
  );
  const states = new Map([...seriesOf.values()].map(({ series, state }) => [series, state]));
  await writePoints(db, 'logged_model_metrics', rows, states, new Set());
};
