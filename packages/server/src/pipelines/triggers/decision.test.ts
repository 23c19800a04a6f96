import { describe, expect, it } from 'vitest';
import { causeOfEvent, causeOfSchedule, decideTrigger } from './decision.ts';

const at = Date.UTC(2026, 2, 1, 12);
const free = {
  cause: 'Accuracy fell.',
  enabled: true,
  activeRunNumber: null,
  lastStartedAt: null,
  coolDownMs: 60_000,
  now: at,
};

describe('a trigger', () => {
  it('starts a run when nothing stands against it', () => {
    expect(decideTrigger(free)).toEqual({ decision: 'started', reason: 'Accuracy fell.' });
  });
  it('is noted and not followed while the pipeline is switched off', () => {
    expect(decideTrigger({ ...free, enabled: false, activeRunNumber: 3 })).toEqual({
      decision: 'disabled',
      reason: 'Accuracy fell. Not followed: the pipeline is switched off.',
    });
  });
  it('is noted and not followed while a run is under way', () => {
    expect(decideTrigger({ ...free, activeRunNumber: 3, lastStartedAt: at })).toEqual({
      decision: 'already-running',
      reason: 'Accuracy fell. Not followed: run 3 is still under way.',
    });
  });
  it('is noted and not followed while the pipeline cools down, and the reason says until when', () => {
    expect(decideTrigger({ ...free, lastStartedAt: at - 20_000 })).toEqual({
      decision: 'cooling-down',
      reason:
        'Accuracy fell. Not followed: the last run began at 2026-03-01T11:59:40.000Z, and the pipeline cools down until 2026-03-01T12:00:40.000Z.',
    });
  });
  it('is followed from the very instant at which the cool-down is over', () => {
    expect(decideTrigger({ ...free, lastStartedAt: at - 60_000 }).decision).toBe('started');
    expect(decideTrigger({ ...free, lastStartedAt: at - 59_999 }).decision).toBe('cooling-down');
    expect(decideTrigger({ ...free, lastStartedAt: at, coolDownMs: 0 }).decision).toBe('started');
  });
});

describe('the cause', () => {
  const event = { type: 'monitoring.drift-confirmed', subjectType: 'endpoint', subjectId: 'ep_1', data: {} };
  it('is what the sender of the event says', () => {
    expect(causeOfEvent({ ...event, data: { reason: 'Column amount drifted in 2 of 3 windows' } })).toBe(
      'Column amount drifted in 2 of 3 windows.',
    );
  });
  it('is what the event is about when its sender says nothing', () => {
    for (const data of [{}, { reason: '  ' }, { reason: 7 }])
      expect(causeOfEvent({ ...event, data })).toBe('monitoring.drift-confirmed came in for the endpoint ep_1.');
  });
  it('of a schedule names the line, the time zone and the instant', () => {
    expect(causeOfSchedule({ cron: '0 3 * * *', timeZone: 'Europe/Berlin', dueAt: at })).toBe(
      'The schedule 0 3 * * * (Europe/Berlin) came due at 2026-03-01T12:00:00.000Z.',
    );
  });
});
