import { type Run, directionOf } from '@millwright/contract';

/** A row of the table as texts, by the head of its column; null where nothing stands. */
export type TableRow = Readonly<Record<string, string | null>>;

/** Columns that W&B fills itself; whatever else there is, is configuration or summary. */
const own = {
  name: 'Name',
  id: 'ID',
  state: 'State',
  notes: 'Notes',
  user: 'User',
  tags: 'Tags',
  created: 'Created',
  ended: 'End Time',
  runtime: 'Runtime',
} as const;
/** Those that are kept as tags, under the names that logs of W&B get. */
const asTags: Readonly<Record<string, string>> = {
  ID: 'wandb.runId',
  Sweep: 'wandb.sweep',
  Group: 'wandb.group',
  'Job Type': 'wandb.jobType',
  Host: 'wandb.host',
  Hostname: 'wandb.host',
  Commit: 'mlflow.source.git.commit',
};
const alone = new Set<string>([...Object.values(own), ...Object.keys(asTags), 'Updated', 'Start Time', 'Description']);
const stepColumn = '_step';
const isInternal = (column: string) => column.startsWith('_');

const statuses: Readonly<Record<string, Run['status']>> = {
  finished: 'finished',
  failed: 'failed',
  crashed: 'failed',
  killed: 'killed',
  preempted: 'killed',
  preempting: 'killed',
};

/** A number as W&B writes it; null for any other text. */
export const numberOf = (text: string | null | undefined): number | null => {
  if (text === null || text === undefined || text.trim() === '') return null;
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
};

/**
 * The table does not say which columns a run was configured with and which it logged. Metrics are those that are named,
 * or, where none is, columns of numbers whose name says whether more or less of it is better, as in `val/loss`.
 */
export const metricColumns = (rows: readonly TableRow[], named: readonly string[] | undefined): string[] => {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !alone.has(column) && !isInternal(column));
  if (named !== undefined) return columns.filter((column) => named.includes(column));
  const isNumeric = (column: string) =>
    rows.every((row) => row[column] === null || row[column] === undefined || numberOf(row[column]) !== null);
  return columns.filter((column) => directionOf(column, undefined) !== null && isNumeric(column));
};

export interface TableRun {
  origin: string;
  name: string;
  status: Run['status'];
  startedAt: number;
  endedAt: number;
  userId: string;
  note: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** Values of one step, the last. */
  metrics: Record<string, number>;
  step: number;
}

const instantOf = (text: string | null | undefined): number | null => {
  const at = text ? Date.parse(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text) : Number.NaN;
  return Number.isFinite(at) ? at : null;
};

/** What a row of the table says of a run. */
export const runOfRow = (row: TableRow, metrics: readonly string[]): TableRun => {
  const text = (column: string): string => row[column] ?? '';
  const startedAt = instantOf(row[own.created]) ?? instantOf(row['Start Time']) ?? 0;
  const lasted = Math.max(0, numberOf(row[own.runtime]) || 0) * 1000;
  const given = text(own.tags)
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
  const named = Object.entries(asTags).flatMap(([column, tag]): [string, string][] =>
    row[column] ? [[tag, text(column)]] : [],
  );
  const rest = Object.keys(row).filter(
    (column) => !alone.has(column) && !isInternal(column) && !metrics.includes(column) && text(column) !== '',
  );
  return {
    origin: text(own.id) || `${text(own.name)} ${text(own.created)}`,
    name: text(own.name),
    // What still ran when the table was made does not run here.
    status: statuses[text(own.state)] ?? 'killed',
    startedAt,
    endedAt: instantOf(row[own.ended]) ?? startedAt + Math.round(lasted),
    userId: text(own.user),
    note: text(own.notes) === '-' ? '' : text(own.notes),
    parameters: Object.fromEntries(rest.map((column) => [column, text(column)])),
    tags: Object.fromEntries([...given.map((tag): [string, string] => [tag, 'true']), ...named]),
    metrics: Object.fromEntries(
      metrics.flatMap((column): [string, number][] => {
        const value = numberOf(row[column]);
        return value === null ? [] : [[column, value]];
      }),
    ),
    step: Math.max(0, Math.round(numberOf(row[stepColumn]) || 0)),
  };
};
