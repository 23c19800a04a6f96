import type { NewMetricPoint, NewModelPoint } from '#experiments';
import type { Fields } from '../wire/fields.ts';
import { modelIdFromWire } from '../wire/ids.ts';

/** Points that name a logged model are points of it too. */
export const modelPointsOf = (metrics: readonly Fields[], points: readonly NewMetricPoint[]): NewModelPoint[] =>
  metrics.flatMap((metric, index) => {
    const modelId = metric.text('model_id', { max: 250 });
    if (!modelId) return [];
    return [
      {
        ...(points[index] as NewMetricPoint),
        modelId: modelIdFromWire(modelId),
        datasetName: metric.text('dataset_name', { max: 500 }) ?? '',
        datasetDigest: metric.text('dataset_digest', { max: 36 }) ?? '',
      },
    ];
  });
