import { prepareReference, type Rng, rng } from '@millwright/stats';
import { describe, expect, it } from 'vitest';
import type { ColumnValues } from './column-values.ts';
import { confirmedOf, driftedOf, judgeColumns, type References } from './drift.ts';
import { type IncidentRecord, type Step, stepDrift, stepWorse } from './incidents/incident.ts';
import { confirmWorse, isFineAgain, judgeLoss, type ReferenceLoss } from './performance.ts';
import { defaultSettings } from './settings.ts';

/** Eight numbers (normal and skewed, one with missing values) and two categories. */
const sample = (rows: number, source: Rng, shift: Record<string, number> = {}): Map<string, ColumnValues> => {
  const columns = new Map<string, ColumnValues>();
  for (let i = 0; i < 8; i++) {
    const name = `n${i}`;
    const value = (): number => {
      if (i === 7 && source.next() < 0.1) return Number.NaN;
      const base = i % 2 === 0 ? source.normal() : Math.exp(source.normal());
      return base + (shift[name] ?? 0);
    };
    columns.set(name, { kind: 'number', values: Float64Array.from({ length: rows }, value) });
  }
  for (const name of ['c0', 'c1'])
    columns.set(name, {
      kind: 'category',
      values: Array.from({ length: rows }, () => ['a', 'b', 'c', 'd'][Math.floor(4 * source.next() ** 2)]!),
    });
  return columns;
};

const referencesOf = (columns: Map<string, ColumnValues>): References =>
  Object.fromEntries([...columns].map(([name, { kind, values }]) => [name, prepareReference(values, kind)]));

/** Plays windows through the drift incident of one series. */
const driftIncidents = (windows: Iterable<Map<string, ColumnValues>>, references: References) => {
  const history: Set<string>[] = [];
  const opened: IncidentRecord[] = [];
  let incident: IncidentRecord | null = null;
  let confirmedBefore: string[] = [];
  let number = 0;
  let events = 0;
  for (const columns of windows) {
    const judged = judgeColumns(columns, references, history.slice(-2), defaultSettings);
    history.push(new Set(driftedOf(judged)));
    const window = {
      number: ++number,
      series: 1,
      modelVersion: 1,
      drifted: driftedOf(judged),
      confirmed: confirmedOf(judged),
      confirmedBefore,
    };
    const time = { id: `inc${number}`, endpointId: 'ep', at: number, by: 'monitoring' };
    const step: Step & { newColumns: string[] } = stepDrift(incident, window, time, 3, (names) => names.join(', '));
    confirmedBefore = window.confirmed;
    if (step.newColumns.length > 0 && step.kind !== 'unchanged') events++;
    if (step.kind === 'opened') opened.push(step.incident);
    if (step.kind !== 'unchanged') incident = step.kind === 'resolved' ? null : step.incident;
  }
  return { opened, open: incident, events };
};

describe('drift over a simulated stream', () => {
  it('raises at most one incident in 300 windows of ten columns without drift', () => {
    const source = rng(7);
    const references = referencesOf(sample(5000, source));
    const windows = Array.from({ length: 300 }, () => sample(500, source));
    expect(driftIncidents(windows, references).opened.length).toBeLessThanOrEqual(1);
  });

  it('raises exactly one incident for a lasting shift of one column, and resolves it when the shift ends', () => {
    const source = rng(8);
    const references = referencesOf(sample(5000, source));
    const windows = Array.from({ length: 60 }, (_, i) => sample(500, source, i >= 20 && i < 45 ? { n2: 0.5 } : {}));
    const { opened, open, events } = driftIncidents(windows, references);
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ kind: 'drift', severity: 'ticket', columns: ['n2'], firstWindow: 22 });
    expect(events).toBe(1);
    expect(open).toBeNull();
    expect(driftIncidents(windows.slice(0, 40), references).open).toMatchObject({ windows: 19, lastWindow: 40 });
  });

  it('adds a second column to the incident that is open', () => {
    const source = rng(9);
    const references = referencesOf(sample(5000, source));
    const windows = Array.from({ length: 40 }, (_, i) =>
      sample(500, source, { ...(i >= 10 ? { n2: 0.5 } : {}), ...(i >= 20 ? { n3: 1.5 } : {}) }),
    );
    const { opened, open, events } = driftIncidents(windows, references);
    expect(opened).toHaveLength(1);
    expect(events).toBe(2);
    expect(open).toMatchObject({ columns: ['n2', 'n3'], title: 'Drift in 2 columns: n2, n3' });
  });
});

describe('performance over a simulated stream', () => {
  const classification: ReferenceLoss = { task: 'classification', loss: 0.1, rows: 1500 };
  const errorWindows = (seed: number, count: number, rateOf: (window: number) => number, labelled = 480) => {
    const source = rng(seed);
    const judged = Array.from({ length: count }, (_, window) => {
      let sum = 0;
      for (let i = 0; i < labelled; i++) if (source.next() < rateOf(window)) sum++;
      return judgeLoss({ answered: 500, labelled, sum, sumOfSquares: sum }, classification, defaultSettings, 0);
    });
    return confirmWorse(judged, defaultSettings);
  };

  it('confirms a jump of the error rate from 10 % to 25 % within three windows, in every one of 50 streams', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const windows = errorWindows(seed, 16, (window) => (window < 10 ? 0.1 : 0.25));
      const first = windows.findIndex(({ confirmed }) => confirmed);
      expect(first).toBeGreaterThanOrEqual(10);
      expect(first).toBeLessThanOrEqual(12);
    }
  });

  it('confirms nothing in 3,000 windows that err as often as the hold-out', () => {
    for (let seed = 1; seed <= 10; seed++)
      expect(errorWindows(seed, 300, () => 0.1).some(({ confirmed }) => confirmed)).toBe(false);
  });

  it('waits below the label coverage, and says so when there is nothing to compare with', () => {
    const loss = { answered: 500, labelled: 200, sum: 150, sumOfSquares: 150 };
    expect(judgeLoss(loss, classification, defaultSettings, 5)).toMatchObject({
      state: 'waiting-for-labels',
      coverage: 0.4,
      loss: 0.75,
      pValue: null,
      worse: false,
      asOf: 5,
    });
    expect(judgeLoss({ ...loss, labelled: 500 }, null, defaultSettings, 5)).toMatchObject({
      state: 'no-reference',
      worse: false,
    });
    expect(judgeLoss({ ...loss, answered: 0, labelled: 0 }, classification, defaultSettings, 5)).toMatchObject({
      state: 'waiting-for-labels',
      coverage: 0,
      loss: null,
    });
  });

  it('tests a regression on mean squared errors', () => {
    const reference: ReferenceLoss = { task: 'regression', loss: 4, rows: 1000 };
    const errors = (deviation: number, seed: number) => {
      const source = rng(seed);
      const squares = Array.from({ length: 500 }, () => (deviation * source.normal()) ** 2);
      const total = (power: number) => squares.reduce((sum, value) => sum + value ** power, 0);
      return judgeLoss(
        { answered: 500, labelled: 500, sum: total(1), sumOfSquares: total(2) },
        reference,
        defaultSettings,
        0,
      );
    };
    const same = Array.from({ length: 300 }, (_, seed) => errors(2, seed)).filter(({ worse }) => worse);
    expect(same.length).toBeLessThanOrEqual(6);
    expect(Array.from({ length: 50 }, (_, seed) => errors(3, seed)).every(({ worse }) => worse)).toBe(true);
  });

  it('takes two fine windows of the last three for well again', () => {
    const worse = { worse: true, confirmed: true };
    const fine = { worse: false, confirmed: false };
    expect(isFineAgain([worse, worse, { ...fine, confirmed: true }], defaultSettings)).toBe(false);
    expect(isFineAgain([worse, fine, fine], defaultSettings)).toBe(true);
    expect(isFineAgain([worse, { worse: true, confirmed: false }, fine], defaultSettings)).toBe(false);
  });

  it('counts only judged windows towards a confirmation', () => {
    const judged = judgeLoss(
      { answered: 500, labelled: 500, sum: 200, sumOfSquares: 200 },
      classification,
      defaultSettings,
      0,
    );
    const waiting = judgeLoss(
      { answered: 500, labelled: 0, sum: 0, sumOfSquares: 0 },
      classification,
      defaultSettings,
      0,
    );
    expect(confirmWorse([judged, waiting, waiting, judged], defaultSettings).map(({ confirmed }) => confirmed)).toEqual(
      [false, false, false, true],
    );
  });

  it('keeps one incident per degradation, with a line per window', () => {
    const time = { id: 'inc', endpointId: 'ep', at: 1, by: 'monitoring' };
    const first = stepWorse(null, { number: 4, series: 1 }, time, 'Worse', 'window 4');
    const second = stepWorse(first.incident, { number: 5, series: 1 }, { ...time, at: 2 }, 'Worse', 'window 5');
    expect([first.kind, second.kind]).toEqual(['opened', 'updated']);
    expect(second.incident).toMatchObject({ id: 'inc', severity: 'page', windows: 2, firstWindow: 4, lastWindow: 5 });
    expect(second.incident.log.map(({ line }) => line)).toEqual(['window 4', 'window 5']);
  });
});
