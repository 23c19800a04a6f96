import type { ColumnProfile, DatasetVersion, Distribution } from '@millwright/contract';

export type ColumnChange = 'added' | 'removed' | 'type' | 'same';
export interface ColumnDifference {
  name: string;
  change: ColumnChange;
  before: ColumnProfile | null;
  after: ColumnProfile | null;
  /** Total variation distance of the two distributions, 0 (alike) to 1 (nothing in common); null when not comparable. */
  distance: number | null;
  /** Both over the same bins, ready to be drawn. */
  distribution: Distribution | null;
}
const bins = 20;

/** Counts spread evenly inside each bin of the old edges, gathered into the new ones. */
export const rebin = (
  histogram: { edges: readonly number[]; counts: readonly number[] },
  edges: readonly number[],
): number[] => {
  const gathered = new Array<number>(edges.length - 1).fill(0);
  histogram.counts.forEach((count, from) => {
    const low = histogram.edges[from] as number;
    const high = histogram.edges[from + 1] as number;
    for (let to = 0; to < gathered.length; to += 1) {
      const left = edges[to] as number;
      const right = edges[to + 1] as number;
      const last = to === gathered.length - 1;
      const part =
        high > low
          ? Math.max(0, Math.min(high, right) - Math.max(low, left)) / (high - low)
          : low >= left && (low < right || (last && low <= right))
            ? 1
            : 0;
      gathered[to] = (gathered[to] ?? 0) + count * part;
    }
  });
  return gathered;
};

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
/** Half the sum of the absolute differences of shares. */
const totalVariation = (a: readonly number[], b: readonly number[]): number | null => {
  const [allA, allB] = [sum(a), sum(b)];
  if (allA === 0 || allB === 0) return null;
  return Math.min(1, a.reduce((total, count, index) => total + Math.abs(count / allA - (b[index] ?? 0) / allB), 0) / 2);
};

const common = (before: ColumnProfile, after: ColumnProfile) => {
  if (before.histogram && after.histogram) {
    const low = Math.min(before.histogram.edges[0] ?? 0, after.histogram.edges[0] ?? 0);
    const high = Math.max(before.histogram.edges.at(-1) ?? 1, after.histogram.edges.at(-1) ?? 1);
    const width = high - low || 1;
    const edges = Array.from({ length: bins + 1 }, (_none, index) => low + (index * width) / bins);
    return {
      kind: 'number' as const,
      edges,
      labels: null,
      reference: rebin(before.histogram, edges),
      current: rebin(after.histogram, edges),
    };
  }
  if (before.top && after.top) {
    const labels = [...new Set([...before.top, ...after.top].map((entry) => entry.value))];
    const counts = (profile: ColumnProfile) => {
      const known = labels.map((label) => profile.top?.find((entry) => entry.value === label)?.count ?? 0);
      return [...known, Math.max(0, profile.count - profile.missing - sum(known))];
    };
    return {
      kind: 'category' as const,
      edges: null,
      labels: [...labels, 'all others'],
      reference: counts(before),
      current: counts(after),
    };
  }
  return null;
};

const compare = (before: ColumnProfile, after: ColumnProfile): ColumnDifference => {
  const same = common(before, after);
  return {
    name: after.name,
    change: before.type === after.type ? 'same' : 'type',
    before,
    after,
    distance: same ? totalVariation(same.reference, same.current) : null,
    distribution: same
      ? { column: after.name, ...same, referenceRows: sum(same.reference), currentRows: sum(same.current) }
      : null,
  };
};

const rank: Record<ColumnChange, number> = { removed: 0, added: 1, type: 2, same: 3 };

/** Columns of two versions side by side: changes of the schema first, then by how much the values moved. */
export const compareVersions = (
  before: Pick<DatasetVersion, 'profile'>,
  after: Pick<DatasetVersion, 'profile'>,
): ColumnDifference[] => {
  const old = new Map(before.profile.map((column) => [column.name, column]));
  const present = new Set(after.profile.map((column) => column.name));
  const lone = { distance: null, distribution: null };
  return [
    ...before.profile
      .filter((column) => !present.has(column.name))
      .map((column) => ({ name: column.name, change: 'removed' as const, before: column, after: null, ...lone })),
    ...after.profile.map((column): ColumnDifference => {
      const earlier = old.get(column.name);
      return earlier
        ? compare(earlier, column)
        : { name: column.name, change: 'added', before: null, after: column, ...lone };
    }),
  ].sort((a, b) => rank[a.change] - rank[b.change] || (b.distance ?? -1) - (a.distance ?? -1));
};
