import type { Distribution } from '@millwright/contract';
import { histogram, type NumberReference, type PreparedReference, quantileOfSorted } from '@millwright/stats';
import { type ColumnValues, missingOf, sizeOf } from './column-values.ts';

const bins = 20;
const topCategories = 20;
/** Of the categories that are not shown by name, and of missing values. */
const [other, missing] = ['(other)', '(missing)'];

/**
 * The reference beside one window. Numbers: bins at quantiles of the reference, the outer ones widened to hold the
 * window's extremes. Categories: the most frequent of both together, then the rest. Missing numbers are in no bin.
 */
export function compareColumn(column: string, reference: PreparedReference, current: ColumnValues): Distribution {
  const referenceRows = rowsOf(reference);
  const sizes = { column, referenceRows, currentRows: sizeOf(current) };
  if (reference.kind === 'number' && current.kind === 'number')
    return { ...sizes, ...compareNumbers(reference, current.values) };
  const counts = reference.kind === 'category' ? reference.counts : {};
  return { ...sizes, ...compareCategories(counts, reference.missing, current) };
}

const rowsOf = (reference: PreparedReference): number =>
  reference.missing +
  (reference.kind === 'number' ? reference.values.length : Object.values(reference.counts).reduce((a, b) => a + b, 0));

type Compared = Omit<Distribution, 'column' | 'referenceRows' | 'currentRows'>;

function compareNumbers(reference: NumberReference, values: Float64Array): Compared {
  const finite = values.filter((value) => Number.isFinite(value));
  if (reference.values.length + finite.length === 0)
    return { kind: 'number', edges: [0, 1], labels: null, reference: [0], current: [0] };
  const edges = edgesOf(reference.values, finite);
  return {
    kind: 'number',
    edges,
    labels: null,
    reference: histogram(reference.values, edges).counts,
    current: histogram(finite, edges).counts,
  };
}

function edgesOf(ascending: readonly number[], current: Float64Array): number[] {
  const base = ascending.length > 0 ? ascending : Array.from(current.slice().sort());
  const edges: number[] = [];
  for (let i = 0; i <= bins; i++) {
    const edge = quantileOfSorted(base, i / bins);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  // A bin holds its left edge: the most frequent value of a discrete column gets a bin of its own.
  let [low, high] = [edges[0]!, edges.at(-1)!];
  for (const value of current) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low < edges[0]!) edges.unshift(low);
  if (high > edges.at(-1)!) edges.push(high);
  return edges.length === 1 ? [edges[0]! - 0.5, edges[0]! + 0.5] : edges;
}

function compareCategories(
  reference: Record<string, number>,
  referenceMissing: number,
  current: ColumnValues,
): Compared {
  const counts = new Map<string, number>();
  for (const value of current.values as Iterable<string | number | null>) {
    if (value === null || Number.isNaN(value)) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const names = [...new Set([...Object.keys(reference), ...counts.keys()])];
  const inReference = (name: string): number => (Object.hasOwn(reference, name) ? reference[name]! : 0);
  const total = (of: (name: string) => number) => names.reduce((sum, name) => sum + of(name), 0) || 1;
  const [referenceTotal, currentTotal] = [total(inReference), total((name) => counts.get(name) ?? 0)];
  const share = (name: string): number => inReference(name) / referenceTotal + (counts.get(name) ?? 0) / currentTotal;
  const ranked = names.toSorted((a, b) => share(b) - share(a) || (a < b ? -1 : 1));
  const [shown, rest] = [ranked.slice(0, topCategories), ranked.slice(topCategories)];
  const labels = [...shown];
  const row = { reference: shown.map(inReference), current: shown.map((name) => counts.get(name) ?? 0) };
  const add = (label: string, left: number, right: number): void => {
    if (left + right === 0) return;
    labels.push(label);
    row.reference.push(left);
    row.current.push(right);
  };
  add(
    other,
    rest.reduce((sum, name) => sum + inReference(name), 0),
    rest.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0),
  );
  add(missing, referenceMissing, missingOf(current));
  return { kind: 'category', edges: null, labels, ...row };
}
