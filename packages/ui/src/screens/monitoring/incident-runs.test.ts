import type { Event, PipelineRun } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { runsStartedBy } from './incident-runs.ts';

const event = (id: string, type: string, at: number, subjectId = 'ep_1'): Event => ({
  id,
  seq: 1,
  type,
  project: 'demo',
  at,
  subjectType: 'endpoint',
  subjectId,
  data: {},
});
const run = (id: string, eventId: string | null) =>
  ({ id, trigger: { kind: 'event', by: 'events', eventId, reason: '' } }) as PipelineRun;
const incident = { kind: 'performance', endpointId: 'ep_1', openedAt: 100, resolvedAt: 200 } as const;

describe('runsStartedBy', () => {
  it('takes the runs of events of its kind, at its endpoint, while it lasted', () => {
    const events = [
      event('evt_in', 'monitoring.performance-degraded', 100),
      event('evt_late', 'monitoring.performance-degraded', 201),
      event('evt_drift', 'monitoring.drift-confirmed', 150),
      event('evt_other', 'monitoring.performance-degraded', 150, 'ep_2'),
    ];
    const runs = ['evt_in', 'evt_late', 'evt_drift', 'evt_other', null].map((id, index) => run(`plr_${index}`, id));
    expect(runsStartedBy(incident, events, runs).map((one) => one.id)).toEqual(['plr_0']);
  });
  it('goes on while the incident is open and finds nothing for lost captures', () => {
    const events = [event('evt_1', 'monitoring.performance-degraded', 9000)];
    expect(runsStartedBy({ ...incident, resolvedAt: null }, events, [run('plr', 'evt_1')])).toHaveLength(1);
    expect(runsStartedBy({ ...incident, kind: 'capture-loss' }, events, [run('plr', 'evt_1')])).toEqual([]);
  });
});
