import { createHash } from 'node:crypto';
import type { Comparison, Evaluation, GateResult, GateRule, Task } from '@millwright/contract';
import { fail } from '#platform/errors';
import { type Metrics, metricsOf } from './metrics.ts';

/** What the rules are held against. `absent` says why a comparison could not be made. */
export interface Evidence {
  metrics: Metrics;
  comparisons: readonly Comparison[];
  absent: Partial<Record<Comparison['baseline'], string>>;
}

/** `sha256:` of the rules as canonical JSON (keys in order, RFC 8785 for what rules are made of). */
export const digestOfRules = (rules: readonly GateRule[]): string =>
  `sha256:${createHash('sha256').update(canonicalJson(rules)).digest('hex')}`;

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/** Errors: INVALID_INPUT for a rule that could never be judged. */
export function checkRules(rules: readonly GateRule[], task: Task): void {
  rules.forEach((rule, index) => {
    if (rule.kind !== 'value') return;
    const place = `Rule ${index + 1}`;
    if (!metricsOf[task].includes(rule.metric))
      fail(
        'INVALID_INPUT',
        `${place}: ${rule.metric} is no metric of ${task}; there are: ${metricsOf[task].join(', ')}.`,
      );
    if (rule.atLeast === undefined && rule.atMost === undefined)
      fail('INVALID_INPUT', `${place}: ${rule.metric} needs a threshold, atLeast or atMost.`);
  });
}

export function judge(rules: readonly GateRule[], evidence: Evidence): Pick<Evaluation['gate'], 'verdict' | 'results'> {
  const results = rules.map((rule) =>
    rule.kind === 'value' ? judgeValue(rule, evidence) : judgeBaseline(rule, evidence),
  );
  const isRed = results.some(({ passed, skipped }) => !passed && !skipped);
  return { verdict: rules.length === 0 ? 'none' : isRed ? 'red' : 'green', results };
}

function judgeValue(rule: Extract<GateRule, { kind: 'value' }>, { metrics }: Evidence): GateResult {
  const { metric, atLeast, atMost } = rule;
  const observed = metrics[metric];
  if (observed === undefined) {
    const message = `${metric} is not defined on these hold-out rows, so its threshold is not met.`;
    return { rule, passed: false, skipped: false, observed: null, threshold: atLeast ?? atMost ?? null, message };
  }
  const isTooLow = atLeast !== undefined && !(observed >= atLeast);
  const isTooHigh = atMost !== undefined && !(observed <= atMost);
  const threshold = (isTooHigh ? atMost : (atLeast ?? atMost)) ?? null;
  const wanted = [
    ...(atLeast === undefined ? [] : [`at least ${shown(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${shown(atMost)}`]),
  ].join(' and ');
  const passed = !isTooLow && !isTooHigh;
  const message = `${metric} is ${shown(observed)}; ${wanted} ${passed ? 'was asked for' : 'is needed'}.`;
  return { rule, passed, skipped: false, observed, threshold, message };
}

/** The upper bound of the difference must stay within the margin; to beat a baseline it must lie below 0 too. */
function judgeBaseline(rule: Extract<GateRule, { kind: 'baseline' }>, evidence: Evidence): GateResult {
  const comparison = evidence.comparisons.find(({ baseline }) => baseline === rule.baseline);
  const threshold = rule.mustBeat ? Math.min(rule.margin, 0) : rule.margin;
  if (!comparison) {
    const message = evidence.absent[rule.baseline] ?? `There is no ${rule.baseline} to compare with.`;
    return { rule, passed: false, skipped: true, observed: null, threshold, message };
  }
  const { loss, baselineLoss, difference, low, high } = comparison;
  const passed = high <= rule.margin && (!rule.mustBeat || high < 0);
  const asked = rule.mustBeat ? `below ${shown(threshold)}` : `at most ${shown(threshold)}`;
  const message =
    `Loss ${shown(loss)} against ${shown(baselineLoss)} of ${names[rule.baseline]}: difference ${shown(difference)}, ` +
    `95 % interval ${shown(low)} to ${shown(high)}; its upper bound ${passed ? 'is' : 'is not'} ${asked}.`;
  return { rule, passed, skipped: false, observed: high, threshold, message };
}

const names = { majority: 'the majority baseline', persistence: 'persistence', champion: 'the champion' } as const;

/** Four significant digits; whole numbers as they are. */
const shown = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
