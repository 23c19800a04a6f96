/** How the rows before the hold-out are divided to choose between windows. Rows are numbered in time order. */
export interface WindowPlan {
  /** Sizes in rows, largest first, none twice. */
  sizes: number[];
  /** The newest rows from here on judge the candidates, and are learnt from only in the final fit. */
  validationFrom: number;
}

/**
 * `null` and windows that are larger than what is there mean all `availableRows`. Candidates are judged on the newest
 * fifth of the rows, or on as many as half of the smallest window where that is fewer: each keeps at least half of its
 * rows to learn from.
 */
export function planWindows(windows: readonly (number | null)[], availableRows: number): WindowPlan {
  const sizes = [...new Set(windows.map((size) => Math.min(size ?? availableRows, availableRows)))].sort(
    (a, b) => b - a,
  );
  const validationRows = Math.min(Math.floor(availableRows / 5), Math.floor(sizes.at(-1)! / 2));
  return { sizes, validationFrom: availableRows - validationRows };
}

/** The rows a candidate learns from while it is judged. */
export const candidateRows = (size: number, availableRows: number, { validationFrom }: WindowPlan) => ({
  from: availableRows - size,
  to: validationFrom,
});

export interface JudgedWindow {
  size: number;
  /** One per validation row, the same rows for every candidate. */
  losses: Float64Array;
}

export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The window with the lowest mean loss, unless a larger one comes within one standard error of it (of the paired
 * difference over rows, by batch means): then the largest of those, because more rows make a steadier model.
 */
export function chooseWindow<W extends JudgedWindow>(judged: readonly W[]): W {
  const largestFirst = [...judged].sort((a, b) => b.size - a.size);
  const best = largestFirst.reduce((lowest, other) => (meanOf(other.losses) < meanOf(lowest.losses) ? other : lowest));
  return largestFirst.find((other) => isWithinOneStandardError(other.losses, best.losses))!;
}

/** Rows that follow each other are alike, so the standard error comes from the means of batches of them. */
const batchCount = 20;

function isWithinOneStandardError(losses: Float64Array, best: Float64Array): boolean {
  const differences = losses.map((loss, row) => loss - best[row]!);
  const count = Math.min(batchCount, differences.length);
  const batches = Float64Array.from({ length: count }, (_, batch) => {
    const [from, to] = [batch, batch + 1].map((edge) => Math.floor((edge * differences.length) / count));
    return meanOf(differences.subarray(from, to));
  });
  const mean = meanOf(differences);
  if (count < 2) return mean <= 0;
  const centre = meanOf(batches);
  const squares = batches.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return mean <= Math.sqrt(squares / (count - 1) / count);
}
