import type { MetricPoint, MetricSummary } from '@millwright/contract';
import type { Static } from 'typebox';

export type Special = 'NaN' | 'Infinity' | '-Infinity';
export type MetricNumber = number | Special;

/** A whole number of 64 bits: a bigint where it is beyond 2^53, and only there, so that two that are equal are the same. */
export type Int64 = number | bigint;

export interface NewMetricPoint {
  key: string;
  /** Over JSON, NaN and the infinities come as text. */
  value: MetricNumber;
  /** Default 0. */
  step?: Int64 | undefined;
  /** Epoch ms; default now. */
  at?: Int64 | undefined;
}

const specials: readonly (Special | null)[] = [null, 'NaN', 'Infinity', '-Infinity'];

/** As columns hold it: a finite number, or 0 and what it is instead. */
export const toStored = (value: MetricNumber): { value: number; special: number } => {
  const special = typeof value === 'number' && Number.isFinite(value) ? 0 : specials.indexOf(String(value) as Special);
  // Negative zero and zero are one point.
  return special === 0 ? { value: (value as number) + 0, special } : { value: 0, special };
};

export const fromStored = (stored: { value: number; special: number }): MetricNumber =>
  specials[stored.special] ?? stored.value;

/** A value that sorts: the infinities at the ends, NaN nowhere. */
export const toSorted = (value: MetricNumber): number | null => {
  if (value === 'Infinity') return Number.MAX_VALUE;
  if (value === '-Infinity') return -Number.MAX_VALUE;
  return value === 'NaN' ? null : value;
};

/** What is known of a metric without its points. */
export interface MetricState {
  points: number;
  last: MetricNumber;
  lastStep: Int64;
  lastAt: Int64;
  /** Over finite values; null while there are none. */
  min: number | null;
  max: number | null;
}

/** NaN below every number, as the last value of two with the same step and time is the greater one. */
const rank = (value: MetricNumber): number => toSorted(value) ?? Number.NEGATIVE_INFINITY;

/** The last value is the one of the highest step; of several with that step the latest, of these the greatest. */
const isLater = (state: MetricState, point: { step: Int64; at: Int64; value: MetricNumber }): boolean => {
  if (point.step !== state.lastStep) return point.step > state.lastStep;
  if (point.at !== state.lastAt) return point.at > state.lastAt;
  return rank(point.value) >= rank(state.last);
};

/** Beyond every point there is: none has a higher step, nor that step and a later time. */
export const comesAfter = (state: MetricState, point: { step: Int64; at: Int64 }): boolean =>
  point.step > state.lastStep || (point.step === state.lastStep && point.at > state.lastAt);

export const addPoint = (
  state: MetricState | undefined,
  point: { step: Int64; at: Int64; value: MetricNumber },
): MetricState => {
  const finite = typeof point.value === 'number' ? point.value : null;
  const isLast = state === undefined || isLater(state, point);
  return {
    points: (state?.points ?? 0) + 1,
    last: isLast ? point.value : state.last,
    lastStep: isLast ? point.step : state.lastStep,
    lastAt: isLast ? point.at : state.lastAt,
    min: finite === null ? (state?.min ?? null) : Math.min(finite, state?.min ?? finite),
    max: finite === null ? (state?.max ?? null) : Math.max(finite, state?.max ?? finite),
  };
};

/** As JSON says it: a number that loses digits is told by them, too. */
export const toPoint = (row: { at: Int64; step: Int64; value: number; special: number }): MetricPoint => {
  const point: MetricPoint = { step: Number(row.step), at: Number(row.at), value: fromStored(row) };
  if (typeof row.step === 'bigint') point.exactStep = String(row.step);
  if (typeof row.at === 'bigint') point.exactAt = String(row.at);
  return point;
};

/** A metric without any finite value has NaN as its minimum and maximum. */
export const toSummary = (state: MetricState): Static<typeof MetricSummary> => ({
  last: state.last,
  min: state.min ?? 'NaN',
  max: state.max ?? 'NaN',
  lastStep: Number(state.lastStep),
  lastAt: Number(state.lastAt),
  ...(typeof state.lastStep === 'bigint' ? { exactLastStep: String(state.lastStep) } : {}),
  ...(typeof state.lastAt === 'bigint' ? { exactLastAt: String(state.lastAt) } : {}),
  points: state.points,
});

/** Where the best values of metrics stand, by key: of those that are asked for and whose direction is known. */
export type BestValues = ReadonlyMap<string, 'min' | 'max'>;
