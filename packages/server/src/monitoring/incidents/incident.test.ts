import { describe, expect, it } from 'vitest';
import {
  type DriftWindow,
  healthOf,
  type IncidentRecord,
  type Step,
  stepByHand,
  stepCaptured,
  stepDrift,
  stepDropped,
} from './incident.ts';

const window = (number: number, more: Partial<DriftWindow> = {}): DriftWindow => ({
  number,
  series: 1,
  modelVersion: 1,
  drifted: more.confirmed ?? [],
  confirmed: [],
  confirmedBefore: [],
  ...more,
});
const time = { id: 'inc1', endpointId: 'ep1', at: 5, by: 'monitoring' };
const drift = (incident: IncidentRecord | null, seen: DriftWindow) =>
  stepDrift(incident, seen, time, 3, (columns) => columns.join(' and '));
const of = (step: Step): IncidentRecord => {
  if (step.kind === 'unchanged') throw new Error('nothing changed');
  return step.incident;
};
const opened = of(drift(null, window(4, { confirmed: ['a'] })));

describe('an incident of drift', () => {
  it('opens as a ticket that names its columns', () => {
    expect(opened).toMatchObject({
      id: 'inc1',
      kind: 'drift',
      severity: 'ticket',
      state: 'open',
      columns: ['a'],
      windows: 1,
      firstWindow: 4,
      lastWindow: 4,
    });
    expect(opened.log).toEqual([{ at: 5, by: 'monitoring', line: 'Window 4: a' }]);
  });

  it('counts further windows without a line, and tells of new columns', () => {
    const again = drift(opened, window(5, { confirmed: ['a'] }));
    expect(again).toMatchObject({
      kind: 'updated',
      newColumns: [],
      incident: { windows: 2, lastWindow: 5, log: [{}] },
    });
    const wider = drift(of(again), window(6, { confirmed: ['a', 'b'] }));
    expect(wider).toMatchObject({
      newColumns: ['b'],
      incident: { columns: ['a', 'b'], log: [{}, { line: 'Window 6: also b' }] },
    });
  });

  it('resolves after three windows without a confirmed column, counted anew after each with one', () => {
    const quiet = drift(opened, window(5));
    const quieter = drift(of(quiet), window(6));
    expect([quiet.kind, quieter.kind]).toEqual(['counted', 'counted']);
    expect(drift(of(quieter), window(7))).toMatchObject({
      kind: 'resolved',
      incident: { state: 'resolved', resolvedAt: 5 },
    });
    const back = of(drift(of(quieter), window(7, { confirmed: ['a'] })));
    expect(drift(back, window(8)).kind).toBe('counted');
  });

  it('resolves at once when the reference changes to one in which its columns are normal, and stays where they are not', () => {
    expect(drift(opened, window(5, { series: 2, modelVersion: 2 }))).toMatchObject({
      kind: 'resolved',
      reason: expect.stringContaining('version 2'),
    });
    expect(drift(opened, window(5, { series: 2, drifted: ['a'] })).kind).toBe('counted');
    expect(drift(opened, window(5, { series: 2, drifted: ['b'] })).kind).toBe('resolved');
  });

  it('is not opened again for columns that were confirmed before', () => {
    expect(drift(null, window(5, { confirmed: ['a'], confirmedBefore: ['a'] })).kind).toBe('unchanged');
    expect(drift(null, window(5, { confirmed: ['a', 'b'], confirmedBefore: ['a'] }))).toMatchObject({
      kind: 'opened',
      newColumns: ['a', 'b'],
    });
  });
});

describe('an incident of lost predictions', () => {
  it('grows with the loss and resolves after three windows without one', () => {
    const first = of(stepDropped(null, { grewBy: 1, total: 1, window: 3, series: 1 }, time));
    expect(first.log[0]?.line).toMatch(/^1 prediction was answered but not captured/);
    let incident = of(stepDropped(first, { grewBy: 9, total: 10, window: 3, series: 1 }, time));
    expect(incident).toMatchObject({ windows: 2, lastWindow: 3 });
    expect(stepCaptured(incident, { number: 3, dropped: 10 }, time, 3).kind).toBe('unchanged');
    incident = of(stepCaptured(incident, { number: 4, dropped: 0 }, time, 3));
    incident = of(stepCaptured(incident, { number: 5, dropped: 0 }, time, 3));
    expect(stepCaptured(incident, { number: 6, dropped: 0 }, time, 3)).toMatchObject({ kind: 'resolved' });
  });

  it('keeps how it began and how it stands of a long log', () => {
    let incident = of(stepDropped(null, { grewBy: 1, total: 1, window: 1, series: 1 }, { ...time, at: 0 }));
    for (let at = 1; at < 500; at++)
      incident = of(stepDropped(incident, { grewBy: 1, total: at, window: 1, series: 1 }, { ...time, at }));
    expect(incident.log.map(({ at }) => at)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => i),
      ...Array.from({ length: 80 }, (_, i) => 420 + i),
    ]);
  });
});

describe('an incident in the hands of people', () => {
  it('is acknowledged once and resolved once', () => {
    const acknowledged = stepByHand(opened, 'acknowledged', undefined, 9, 'ada');
    expect(acknowledged).toMatchObject({
      state: 'acknowledged',
      resolvedAt: null,
      log: [{}, { at: 9, by: 'ada', line: 'Acknowledged.' }],
    });
    expect(stepByHand(acknowledged!, 'acknowledged', undefined, 9, 'ada')).toBeNull();
    const resolved = stepByHand(acknowledged!, 'resolved', 'fixed upstream', 10, 'ada');
    expect(resolved).toMatchObject({ state: 'resolved', resolvedAt: 10 });
    expect(stepByHand(resolved!, 'acknowledged', undefined, 11, 'ada')).toBeNull();
  });

  it('makes the health of the monitor', () => {
    expect([healthOf(0, []), healthOf(3, []), healthOf(3, ['ticket']), healthOf(3, ['ticket', 'page'])]).toEqual([
      'no-data',
      'ok',
      'warning',
      'failing',
    ]);
  });
});
