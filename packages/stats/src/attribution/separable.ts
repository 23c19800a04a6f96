/** Below this share of its length, what is left of a direction is rounding. */
const nothing = 1e-8;
/** Subsets of more factors than this are not searched: they are one group. */
const searchedAtMost = 12;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** An orthonormal basis of the differences between rows (Gram-Schmidt, twice for accuracy). */
const basisOf = (rows: readonly (readonly number[])[]): Float64Array[] => {
  const first = rows[0] ?? [];
  const basis: Float64Array[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const key = row.join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    const difference = Float64Array.from(row, (value, j) => value - first[j]!);
    const rest = restOf(difference, basis);
    const length = Math.sqrt(dot(rest, rest));
    if (length > nothing * (1 + Math.sqrt(dot(difference, difference))))
      basis.push(rest.map((value) => value / length));
    if (basis.length === first.length) break;
  }
  return basis;
};

const restOf = (direction: ArrayLike<number>, basis: readonly Float64Array[]): Float64Array => {
  const rest = Float64Array.from(direction);
  for (let pass = 0; pass < 2; pass++)
    for (const unit of basis) {
      const share = dot(rest, unit);
      for (let j = 0; j < rest.length; j++) rest[j]! -= share * unit[j]!;
    }
  return rest;
};

/**
 * Which changes the runs can tell apart. `steps`: for each factor the change of its columns between the two runs, zero
 * elsewhere. The effect of a change is told by the data only where its step is a combination of differences between runs
 * (it is estimable); factors that are not are joined with as few others as make their common step so. The whole step is
 * the difference of two of the rows, so the groups always cover everything.
 */
export const separableGroups = (
  rows: readonly (readonly number[])[],
  steps: ReadonlyMap<string, readonly number[]>,
): string[][] => {
  const basis = basisOf(rows);
  const groups: string[][] = [];
  let open: { factor: string; rest: Float64Array; length: number }[] = [];
  for (const [factor, step] of steps) {
    const rest = restOf(step, basis);
    const length = Math.sqrt(dot(step, step));
    if (Math.sqrt(dot(rest, rest)) <= 1e-6 * length) groups.push([factor]);
    else open.push({ factor, rest, length });
  }
  const isTold = (members: typeof open): boolean => {
    const sum = new Float64Array(members[0]?.rest.length ?? 0);
    for (const { rest } of members) for (let j = 0; j < sum.length; j++) sum[j]! += rest[j]!;
    return Math.sqrt(dot(sum, sum)) <= 1e-6 * members.reduce((total, { length }) => total + length, 0);
  };
  while (open.length > 0) {
    const found = open.length > searchedAtMost ? open : (smallest(open, isTold) ?? open);
    groups.push(found.map(({ factor }) => factor));
    open = open.filter((one) => !found.includes(one));
  }
  return groups;
};

/** The smallest subset with at least two members that `is` accepts. */
const smallest = <T>(items: readonly T[], is: (members: T[]) => boolean): T[] | null => {
  for (let size = 2; size < items.length; size++)
    for (let mask = 0; mask < 1 << items.length; mask++) {
      const members = items.filter((_item, at) => (mask >> at) & 1);
      if (members.length === size && is(members)) return members;
    }
  return null;
};
