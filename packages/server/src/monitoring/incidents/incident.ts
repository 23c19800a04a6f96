import type { Incident } from '@millwright/contract';

/** An incident as it is kept: the contract's without the name of the endpoint, with what the next window needs. */
export interface IncidentRecord extends Omit<Incident, 'endpointName'> {
  /** Windows in a row without the cause. */
  quietWindows: number;
  /** The series in which the cause was seen last. */
  series: number;
}

export interface OpeningTime {
  id: string;
  endpointId: string;
  at: number;
  by: string;
}

/** What a window, a judgement or a person does to the incident of a cause. `unchanged` need not be written. */
export type Step =
  | { kind: 'unchanged' }
  | { kind: 'counted' | 'updated' | 'opened' | 'resolved'; incident: IncidentRecord; reason: string };

const unchanged: Step = { kind: 'unchanged' };

/** The first lines say how it began, the last how it stands: what a long incident repeats in between is dropped. */
const [firstLines, lastLines] = [20, 80];

const withLine = (incident: IncidentRecord, at: number, by: string, line: string): IncidentRecord['log'] => {
  const log = [...incident.log, { at, by, line }];
  return log.length <= firstLines + lastLines ? log : [...log.slice(0, firstLines), ...log.slice(-lastLines)];
};

type Cause = Pick<IncidentRecord, 'kind' | 'severity' | 'title' | 'columns' | 'firstWindow' | 'series'>;
type Written = Exclude<Step, { kind: 'unchanged' }>;

const open = (time: OpeningTime, cause: Cause, reason: string): Written => ({
  kind: 'opened',
  reason,
  incident: {
    ...cause,
    id: time.id,
    endpointId: time.endpointId,
    state: 'open',
    windows: 1,
    lastWindow: cause.firstWindow,
    openedAt: time.at,
    updatedAt: time.at,
    resolvedAt: null,
    quietWindows: 0,
    log: [{ at: time.at, by: time.by, line: reason }],
  },
});

export const resolve = (incident: IncidentRecord, at: number, by: string, reason: string): Step => ({
  kind: 'resolved',
  reason,
  incident: { ...incident, state: 'resolved', resolvedAt: at, updatedAt: at, log: withLine(incident, at, by, reason) },
});

const seenAgain = (
  incident: IncidentRecord,
  seen: {
    window: number;
    series: number;
    at: number;
    by: string;
    line: string | null;
    columns?: string[];
    title?: string;
  },
): IncidentRecord => ({
  ...incident,
  title: seen.title ?? incident.title,
  columns: seen.columns ?? incident.columns,
  windows: incident.windows + 1,
  lastWindow: seen.window,
  series: seen.series,
  quietWindows: 0,
  updatedAt: seen.at,
  log: seen.line === null ? incident.log : withLine(incident, seen.at, seen.by, seen.line),
});

const quiet = (incident: IncidentRecord): Step => ({
  kind: 'counted',
  reason: '',
  incident: { ...incident, quietWindows: incident.quietWindows + 1 },
});

export const driftTitle = (columns: readonly string[]): string =>
  columns.length === 1
    ? `Drift in ${columns[0]}`
    : `Drift in ${columns.length} columns: ${columns.slice(0, 3).join(', ')}${columns.length > 3 ? ', ...' : ''}`;

export interface DriftWindow {
  number: number;
  series: number;
  modelVersion: number;
  drifted: readonly string[];
  confirmed: readonly string[];
  /** Columns confirmed in the window before, of the same series. */
  confirmedBefore: readonly string[];
}

/**
 * One incident for all columns. Opened by a column that was not confirmed before; resolved after `ofWindows` windows
 * without a confirmed column, or at once when the reference has changed to one from which none of its columns drifts.
 */
export function stepDrift(
  incident: IncidentRecord | null,
  window: DriftWindow,
  time: OpeningTime,
  ofWindows: number,
  describe: (columns: readonly string[]) => string,
): Step & { newColumns: string[] } {
  const { number, series, confirmed } = window;
  const known = incident?.columns ?? window.confirmedBefore;
  const newColumns = confirmed.filter((column) => !known.includes(column));
  if (confirmed.length === 0) return { ...afterQuietWindow(incident, window, time, ofWindows), newColumns };
  if (incident === null) {
    // Confirmed before and yet no incident: a person has resolved it. It is not raised again for the same columns.
    if (newColumns.length === 0) return { ...unchanged, newColumns };
    const columns = [...confirmed];
    const cause: Cause = {
      kind: 'drift',
      severity: 'ticket',
      title: driftTitle(columns),
      columns,
      firstWindow: number,
      series,
    };
    return { ...open(time, cause, `Window ${number}: ${describe(columns)}`), newColumns: columns };
  }
  const columns = [...incident.columns, ...newColumns];
  const line = newColumns.length > 0 ? `Window ${number}: also ${describe(newColumns)}` : null;
  return {
    kind: 'updated',
    reason: line ?? '',
    incident: seenAgain(incident, {
      window: number,
      series,
      at: time.at,
      by: time.by,
      line,
      columns,
      title: driftTitle(columns),
    }),
    newColumns,
  };
}

function afterQuietWindow(
  incident: IncidentRecord | null,
  window: DriftWindow,
  time: OpeningTime,
  ofWindows: number,
): Step {
  if (incident === null) return unchanged;
  if (window.series !== incident.series && !incident.columns.some((column) => window.drifted.includes(column)))
    return resolve(
      incident,
      time.at,
      time.by,
      `Window ${window.number}: compared with the training data of version ${window.modelVersion}, these columns are normal.`,
    );
  if (incident.quietWindows + 1 >= ofWindows)
    return resolve(
      incident,
      time.at,
      time.by,
      `No column was confirmed in the last ${ofWindows} windows, up to window ${window.number}.`,
    );
  return quiet(incident);
}

/** A judged window that is worse and confirmed. `title`: of a new incident. */
export function stepWorse(
  incident: IncidentRecord | null,
  window: { number: number; series: number },
  time: OpeningTime,
  title: string,
  reason: string,
): Written {
  if (incident === null) {
    const cause: Cause = {
      kind: 'performance',
      severity: 'page',
      title,
      columns: [],
      firstWindow: window.number,
      series: window.series,
    };
    return open(time, cause, reason);
  }
  const seen = { window: window.number, series: window.series, at: time.at, by: time.by, line: reason };
  return { kind: 'updated', reason, incident: seenAgain(incident, seen) };
}

/** Predictions were answered and not captured. `window`: the one that was being filled. */
export function stepDropped(
  incident: IncidentRecord | null,
  dropped: { grewBy: number; total: number; window: number; series: number },
  time: OpeningTime,
): Step {
  const rows = dropped.grewBy === 1 ? '1 prediction was' : `${dropped.grewBy} predictions were`;
  const reason = `${rows} answered but not captured (${dropped.total} in all): windows and performance know nothing of them.`;
  if (incident !== null)
    return {
      kind: 'updated',
      reason,
      incident: seenAgain(incident, { ...dropped, at: time.at, by: time.by, line: reason }),
    };
  const cause: Cause = {
    kind: 'capture-loss',
    severity: 'ticket',
    title: 'Predictions were not captured',
    columns: [],
    firstWindow: dropped.window,
    series: dropped.series,
  };
  return open(time, cause, reason);
}

/** A window closed. Without a loss for `ofWindows` windows the incident ends. */
export function stepCaptured(
  incident: IncidentRecord | null,
  window: { number: number; dropped: number },
  time: Pick<OpeningTime, 'at' | 'by'>,
  ofWindows: number,
): Step {
  if (incident === null || window.dropped > 0) return unchanged;
  if (incident.quietWindows + 1 < ofWindows) return quiet(incident);
  return resolve(
    incident,
    time.at,
    time.by,
    `Nothing was lost in the last ${ofWindows} windows, up to window ${window.number}.`,
  );
}

/** A person acknowledges or resolves. null: the state does not allow it. */
export function stepByHand(
  incident: IncidentRecord,
  state: 'acknowledged' | 'resolved',
  note: string | undefined,
  at: number,
  by: string,
): IncidentRecord | null {
  if (incident.state === 'resolved' || incident.state === state) return null;
  const line = `${state === 'resolved' ? 'Resolved' : 'Acknowledged'}${note ? `: ${note}` : '.'}`;
  const log = withLine(incident, at, by, line);
  return { ...incident, state, log, updatedAt: at, resolvedAt: state === 'resolved' ? at : null };
}

export type Health = 'no-data' | 'ok' | 'warning' | 'failing';

/** Of a monitor, from its incidents that are not resolved. */
export const healthOf = (windows: number, severities: readonly Incident['severity'][]): Health => {
  if (severities.includes('page')) return 'failing';
  if (severities.length > 0) return 'warning';
  return windows === 0 ? 'no-data' : 'ok';
};
