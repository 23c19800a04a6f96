import { formatNumber } from '../../ui/format.ts';
import type { Described } from './chart.ts';

export interface BulletInput {
  label: string;
  value: number | null;
  threshold: number | null;
  /** `at-least`: the value must reach the threshold; `at-most`: stay below it. */
  direction: 'at-least' | 'at-most';
  baseline?: number | null;
  passed: boolean;
  skipped?: boolean;
  /** A difference, better or worse than 0: the scale reaches as far to either side. */
  signed?: boolean;
  /** The scale ends near the greater of value and threshold, also where both are far below 1. */
  ownScale?: boolean;
  /** Why it is so, below the bar. */
  message?: string;
}
export interface PreparedBullets extends Described {
  bullets: {
    label: string;
    text: string;
    message: string | null;
    passed: boolean;
    skipped: boolean;
    value: number | null;
    threshold: number | null;
    baseline: number | null;
    allowedFrom: number;
    allowedTo: number;
    /** Where zero is: bars begin there. */
    zero: number;
  }[];
}

/** Each row on its own scale from 0 to 1 around value, threshold and baseline, with the allowed side shaded. */
export const prepareBullets = (input: readonly BulletInput[]): PreparedBullets => {
  const bullets = input.map((row) => {
    const marks = [row.value, row.threshold, row.baseline ?? null].filter(
      (mark): mark is number => mark !== null && Number.isFinite(mark),
    );
    const unitRange = !row.signed && !row.ownScale && marks.every((mark) => mark >= 0 && mark <= 1);
    const reach = Math.max(...marks.map(Math.abs), Number.MIN_VALUE) * 1.15;
    const low = row.signed ? -reach : unitRange ? 0 : Math.min(0, ...marks) * 1.15;
    const high = row.signed ? reach : unitRange ? 1 : Math.max(0, ...marks) * 1.15 || 1;
    const place = (mark: number | null | undefined) =>
      mark === null || mark === undefined || !Number.isFinite(mark) ? null : (mark - low) / (high - low);
    const threshold = place(row.threshold);
    const sign = row.direction === 'at-least' ? '≥' : '≤';
    return {
      label: row.label,
      message: row.message ?? null,
      passed: row.passed,
      skipped: row.skipped ?? false,
      value: place(row.value),
      threshold,
      baseline: place(row.baseline),
      text: `${formatNumber(row.value)}${row.threshold === null ? '' : ` ${sign} ${formatNumber(row.threshold)}`}`,
      zero: place(0) ?? 0,
      allowedFrom: row.direction === 'at-least' ? (threshold ?? 1) : 0,
      allowedTo: row.direction === 'at-least' ? 1 : (threshold ?? 0),
    };
  });
  const failed = input.filter((row) => !row.passed && !row.skipped);
  return {
    bullets,
    note: null,
    sentence:
      failed.length === 0
        ? `All ${input.filter((row) => !row.skipped).length} conditions are met.`
        : `${failed.length} of ${input.length} conditions are not met: ${failed.map((row) => row.label).join(', ')}.`,
    table: {
      head: ['Condition', 'Value', 'Threshold', 'Baseline', 'Verdict'],
      rows: input.map((row) => [
        row.label,
        formatNumber(row.value),
        `${row.direction === 'at-least' ? '≥' : '≤'} ${formatNumber(row.threshold)}`,
        formatNumber(row.baseline),
        row.skipped ? 'not applicable' : row.passed ? 'passed' : 'failed',
      ]),
    },
  };
};
