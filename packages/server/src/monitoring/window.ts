/** What decides where a window ends: rows in the order they were answered. */
export interface AnsweredRows {
  rows: number;
  modelVersionId: readonly string[];
  variant: readonly ('champion' | 'challenger')[];
}

/** Fewer rows say too little: at a change of champion such a rest belongs to no window. */
export const minWindowRows = 50;

/**
 * Answers overtake each other around a change of champion. It has happened where most of the next answers of the
 * champion variant come from another version.
 */
const changeRows = 20;

export interface ChampionChange {
  /** First row of the new champion. */
  row: number;
  modelVersionId: string;
}

/** The first change of champion before `limit`; 'undecided' when too few rows follow to tell. */
export function findChange(
  answered: AnsweredRows,
  championVersionId: string,
  limit: number,
): ChampionChange | 'undecided' | null {
  for (let row = 0; row < Math.min(limit, answered.rows); row++) {
    if (answered.variant[row] !== 'champion' || answered.modelVersionId[row] === championVersionId) continue;
    const next = nextChampions(answered, row);
    if (next.length < changeRows) return 'undecided';
    const modelVersionId = mostFrequent(next);
    if (modelVersionId !== championVersionId) return { row, modelVersionId };
  }
  return null;
}

function nextChampions({ rows, modelVersionId, variant }: AnsweredRows, from: number): string[] {
  const found: string[] = [];
  for (let row = from; row < rows && found.length < changeRows; row++) {
    if (variant[row] === 'champion') found.push(modelVersionId[row]!);
  }
  return found;
}

function mostFrequent(values: readonly string[]): string {
  const groups = [...Map.groupBy(values, (value) => value)];
  return groups.reduce((a, b) => (b[1].length > a[1].length ? b : a))[0];
}

/** `skip`: the rows belong to no window. */
export type Cut =
  | { kind: 'wait' }
  | { kind: 'window'; rows: number; next: string | null }
  | { kind: 'skip'; rows: number; next: string };

/**
 * Where the window that begins at row 0 ends: after `windowRows` rows, or where the champion changed. `next`: the model
 * version whose series begins behind it. The same rows give the same windows, however they arrive.
 */
export function cutWindow(answered: AnsweredRows, championVersionId: string, windowRows: number): Cut {
  const change = findChange(answered, championVersionId, windowRows);
  if (change === 'undecided') return { kind: 'wait' };
  if (change !== null) {
    const { row, modelVersionId } = change;
    return row >= Math.min(minWindowRows, windowRows)
      ? { kind: 'window', rows: row, next: modelVersionId }
      : { kind: 'skip', rows: row, next: modelVersionId };
  }
  return answered.rows < windowRows ? { kind: 'wait' } : { kind: 'window', rows: windowRows, next: null };
}
