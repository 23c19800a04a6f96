import type { MetricSummary } from '@millwright/contract';
import type { Static } from 'typebox';

export type Special = 'NaN' | 'Infinity' | '-Infinity';
/** What a database can hold: a finite number, or the name of what is none. */
export type StoredMetric = { value: number; special: null } | { value: null; special: Special };

export interface NewMetricPoint {
  key: string;
  /** Over JSON, NaN and the infinities come as text. */
  value: number | Special;
  /** Default 0. */
  step?: number | undefined;
  /** Epoch ms; default now. */
  at?: number | undefined;
}

export const toStored = (value: number | Special): StoredMetric =>
  typeof value === 'number' && Number.isFinite(value)
    ? { value, special: null }
    : { value: null, special: String(value) as Special };

export const fromStored = ({ value, special }: { value: number | null; special: Special | null }): number | Special =>
  special ?? value ?? 'NaN';

/** What is known of a metric without its points. */
export interface MetricState {
  points: number;
  specialPoints: number;
  last: StoredMetric;
  lastStep: number;
  /** Over finite values; null while there are none. */
  min: number | null;
  max: number | null;
}

/** The point with the highest step is the last one; of several with that step, the one that arrived last. */
export const addPoint = (state: MetricState | undefined, point: StoredMetric, step: number): MetricState => {
  const { value, special } = point;
  const min = value === null ? (state?.min ?? null) : Math.min(value, state?.min ?? value);
  const max = value === null ? (state?.max ?? null) : Math.max(value, state?.max ?? value);
  const isLast = state === undefined || step >= state.lastStep;
  return {
    points: (state?.points ?? 0) + 1,
    specialPoints: (state?.specialPoints ?? 0) + (special === null ? 0 : 1),
    last: isLast ? point : state.last,
    lastStep: isLast ? step : state.lastStep,
    min,
    max,
  };
};

/** A metric without any finite value has NaN as its minimum and maximum. */
export const toSummary = (state: MetricState): Static<typeof MetricSummary> => ({
  last: fromStored(state.last),
  min: state.min ?? 'NaN',
  max: state.max ?? 'NaN',
  lastStep: state.lastStep,
  points: state.points,
});
