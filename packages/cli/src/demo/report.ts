import type { Incident, PipelineRun, Rollout, TriggerDecision } from '@millwright/contract';
import type { Answers } from './player.ts';
import type { Source } from './source.ts';

/** When, in replayed rows, something came to be known. */
export interface Sighting {
  at: number;
  kind: 'drift' | 'performance';
  incidentId: string;
}
export interface Promotion {
  at: number;
  state: Rollout['state'];
  rolloutId: string;
}

export interface Outcome {
  source: Source;
  answers: Answers;
  neverRetrained: Answers;
  /** Per known change, from its position on; null where nobody knows. */
  oracle: Answers | null;
  sightings: Sighting[];
  promotions: Promotion[];
  incidents: Incident[];
  runs: PipelineRun[];
  decisions: TriggerDecision[];
  rollouts: Rollout[];
}

/** Share of right answers, or the root mean squared error. */
export const quality = (source: Source, answers: Answers, from: number, to: number): number | null => {
  let count = 0;
  let sum = 0;
  for (let i = Math.max(0, from); i < Math.min(to, answers.length); i++) {
    const answer = answers[i] ?? null;
    if (answer === null) continue;
    const truth = source.labels[source.historyRows + i];
    count++;
    sum +=
      source.task === 'classification'
        ? String(answer) === String(truth)
          ? 1
          : 0
        : (Number(answer) - Number(truth)) ** 2;
  }
  if (count === 0) return null;
  return source.task === 'classification' ? sum / count : Math.sqrt(sum / count);
};

const figure = (source: Source, value: number | null): string =>
  value === null ? '-' : source.task === 'classification' ? `${(value * 100).toFixed(1)} %` : value.toPrecision(4);

export interface ReportRow {
  change: string;
  happenedAt: string;
  noticedAt: string;
  decided: string;
  why: string;
  before: string;
  until: string;
  after: string;
  never: string;
  oracle: string;
}

/** One row per change that the generator knows of, or, on a table of one's own, per drop that the loop found. */
export const reportRows = (outcome: Outcome): ReportRow[] => {
  const { source } = outcome;
  const total = outcome.answers.length;
  const known = source.changes.length > 0;
  const changes = known
    ? source.changes
    : outcome.promotions
        .filter((one) => one.state === 'promoted')
        .map((one) => {
          const seen = outcome.sightings
            .filter((sighting) => sighting.kind === 'performance' && sighting.at <= one.at)
            .at(-1);
          return {
            kind: 'pattern' as const,
            at: seen?.at ?? one.at,
            what: 'a rise of the loss that the loop found by itself',
          };
        });
  return changes.map((change, index) => {
    const end = changes[index + 1]?.at ?? total;
    const start = changes[index - 1]?.at ?? 0;
    const wanted = change.kind === 'harmless' ? 'drift' : 'performance';
    const sighting =
      outcome.sightings.find((one) => one.kind === wanted && one.at >= change.at && one.at <= end) ?? null;
    const promotion =
      outcome.promotions.find((one) => one.state === 'promoted' && one.at >= change.at && one.at <= end) ?? null;
    const incident = outcome.incidents.find((one) => one.id === sighting?.incidentId);
    const at = (position: number | null) => (position === null ? '-' : position.toLocaleString('en'));
    const settledFrom = promotion?.at ?? sighting?.at ?? change.at;
    const rollout = outcome.rollouts.find((one) => one.id === promotion?.rolloutId);
    const retrainings = outcome.decisions.filter((one) => one.decision === 'started').length;
    return {
      change: change.what,
      happenedAt: known ? at(change.at) : 'unknown',
      noticedAt:
        sighting === null
          ? 'not noticed'
          : known
            ? `${at(sighting.at)} (+${at(sighting.at - change.at)})`
            : at(sighting.at),
      decided:
        promotion !== null
          ? `retrained, promoted at ${at(promotion.at)}`
          : sighting === null
            ? 'nothing'
            : change.kind === 'harmless'
              ? 'reported, not retrained'
              : retrainings > 0
                ? 'retrained, not promoted'
                : 'reported',
      why: rollout?.reason ?? incident?.title ?? '-',
      before: figure(source, quality(source, outcome.answers, start, change.at)),
      until: figure(source, quality(source, outcome.answers, change.at, promotion?.at ?? end)),
      after: figure(source, quality(source, outcome.answers, settledFrom, end)),
      never: figure(source, quality(source, outcome.neverRetrained, settledFrom, end)),
      oracle: outcome.oracle === null ? '-' : figure(source, quality(source, outcome.oracle, settledFrom, end)),
    };
  });
};

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

export const renderTable = (headers: string[], rows: string[][], widths: number[]): string => {
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const block = (cells: string[]): string[] => {
    const wrapped = cells.map((cell, i) => wrap(cell, widths[i] ?? 10));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from(
      { length: height },
      (_unused, line) => `|${wrapped.map((lines, i) => ` ${(lines[line] ?? '').padEnd(widths[i] ?? 10)} `).join('|')}|`,
    );
  };
  return [rule, ...block(headers), rule, ...rows.flatMap((row) => [...block(row), rule])].join('\n');
};

const named = (runs: PipelineRun[], id: string | null): string => {
  const run = runs.find((one) => one.id === id);
  return run ? `run ${run.number}: ${run.state}${run.message === '' ? '' : ` (${run.message})`}` : '';
};

/** Everything that was decided, with its reason, in order of time. */
export const decisionLines = (outcome: Outcome): string[] => {
  const lines: { at: number; text: string }[] = [];
  for (const incident of outcome.incidents)
    lines.push({
      at: incident.openedAt,
      text: `incident  ${incident.kind} (${incident.severity}): ${incident.title}${incident.kind === 'drift' ? ' -> reported; drift alone never retrains' : ''}`,
    });
  // A trigger that comes in every window says the same again and again: one line with a count.
  let repeated: { at: number; decision: string; count: number; reason: string } | null = null;
  const flush = () => {
    if (repeated)
      lines.push({
        at: repeated.at,
        text: `trigger   ${repeated.decision}${repeated.count > 1 ? ` (${repeated.count} times)` : ''}: ${repeated.reason}`,
      });
    repeated = null;
  };
  for (const decision of outcome.decisions) {
    if (
      repeated &&
      decision.decision === (repeated as { decision: string }).decision &&
      decision.decision !== 'started'
    )
      (repeated as { count: number }).count++;
    else {
      flush();
      const run = named(outcome.runs, decision.pipelineRunId);
      repeated = {
        at: decision.at,
        decision: decision.decision,
        count: 1,
        reason: `${decision.reason}${run ? ` -> ${run}` : ''}`,
      };
    }
  }
  flush();
  for (const rollout of outcome.rollouts)
    for (const decision of rollout.decisions)
      lines.push({
        at: decision.at,
        text: `rollout   v${rollout.challenger.number} against v${rollout.champion.number}: ${decision.decision}: ${decision.reason}`,
      });
  return lines.sort((a, b) => a.at - b.at).map((line) => line.text);
};

export const renderReport = (outcome: Outcome): string => {
  const { source } = outcome;
  const total = outcome.answers.length;
  const measure = source.task === 'classification' ? 'accuracy' : 'rmse';
  const rows = reportRows(outcome).map((row) => [
    row.change,
    row.happenedAt,
    row.noticedAt,
    row.decided,
    row.why,
    row.before,
    row.until,
    row.after,
    row.never,
    row.oracle,
  ]);
  const headers = [
    'change',
    'happened at',
    'noticed at',
    'decided',
    'why',
    `${measure} before`,
    'until answered',
    'after',
    'never retrained',
    'oracle',
  ];
  const overall = (answers: Answers | null) =>
    answers === null ? '-' : figure(source, quality(source, answers, 0, total));
  return [
    '',
    `What the loop did with ${total.toLocaleString('en')} ${source.unit} (positions count ${source.unit}; "never retrained" and "oracle" are over the same ${source.unit} as "after")`,
    '',
    rows.length > 0
      ? renderTable(headers, rows, [24, 9, 13, 16, 44, 9, 9, 8, 9, 8])
      : 'No change was found: the first model still serves.',
    '',
    `Over all ${total.toLocaleString('en')}: ${measure} of the loop ${overall(outcome.answers)}, never retrained ${overall(outcome.neverRetrained)}${outcome.oracle === null ? '' : `, oracle ${overall(outcome.oracle)}`}.`,
    '',
    'Every decision, with its reason:',
    ...decisionLines(outcome).map((line) => `  ${line}`),
    '',
  ].join('\n');
};
