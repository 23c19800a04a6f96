import { type MaybeNumber, sorted, summarise } from '../describe.ts';
import { countCategories, type MaybeCategory } from './frequencies.ts';

export type ColumnKind = 'number' | 'category';

/** A numeric reference sorted once; plain JSON. */
export interface NumberReference {
  kind: 'number';
  /** Present values, ascending. */
  values: number[];
  /** prefix[i] = sum of (values[k] - mean) for k < i; gives sums over ranges in constant time. */
  prefix: number[];
  mean: number;
  /** Population standard deviation. */
  deviation: number;
  /** Counts per value when the column has few distinct values: such a column is tested by chi-square. */
  distinct: Record<string, number> | null;
  missing: number;
}

/** A category reference counted once; plain JSON. */
export interface CategoryReference {
  kind: 'category';
  counts: Record<string, number>;
  missing: number;
}

export type PreparedReference = NumberReference | CategoryReference;

/** A numeric column is treated as discrete up to this many distinct values, if each occurs ten times on average. */
const FEW_DISTINCT = 20;

function countDistinct(ascending: ArrayLike<number>, limit: number): Record<string, number> | null {
  const counts = new Map<string, number>();
  for (let i = 0; i < ascending.length; i++) {
    const key = String(ascending[i]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (counts.size > limit) return null;
  }
  return Object.fromEntries(counts);
}

/** Infinities count as missing: no distance to them is finite. */
export function finiteOnly(values: ArrayLike<MaybeNumber>): Float64Array {
  return Float64Array.from(values, (value) => (Number.isFinite(value) ? value! : NaN));
}

/** Sorts and summarises a reference column once, so that each window costs m log m + m log n. JSON-serialisable. */
export function prepareReference(values: ArrayLike<MaybeNumber>, kind: 'number'): NumberReference;
export function prepareReference(values: ArrayLike<MaybeCategory>, kind: 'category'): CategoryReference;
export function prepareReference(values: ArrayLike<MaybeCategory>, kind: ColumnKind): PreparedReference;
export function prepareReference(values: ArrayLike<MaybeCategory>, kind: ColumnKind): PreparedReference {
  if (values.length === 0) throw new RangeError('a reference needs at least one row');
  if (kind === 'category') {
    const { counts, missing } = countCategories(values);
    return { kind, counts: Object.fromEntries(counts), missing };
  }
  const numbers = finiteOnly(values as ArrayLike<MaybeNumber>);
  const ascending = sorted(numbers);
  const { count, mean, m2, missing } = summarise(numbers);
  const prefix = new Array<number>(count + 1).fill(0);
  for (let i = 0; i < count; i++) prefix[i + 1] = prefix[i]! + (ascending[i]! - mean);
  const limit = Math.max(2, Math.min(FEW_DISTINCT, Math.floor(count / 10)));
  return {
    kind,
    values: Array.from(ascending),
    prefix,
    mean,
    deviation: count > 0 ? Math.sqrt(m2 / count) : 0,
    distinct: countDistinct(ascending, limit),
    missing,
  };
}
