import type { PipelineSpec } from '@millwright/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findEventById, listEvents } from '#platform/events';
import { aClock, testDatabases } from '#platform/testing';
import { aProject, aSpec } from '../fixtures/a-project.ts';

const onDrift = (rest: Omit<PipelineSpec, 'steps' | 'triggers'> = {}, subjectId?: string): PipelineSpec =>
  aSpec([{ name: 'a', with: { why: { $parameter: 'reason' }, endpoint: { $parameter: 'subjectId' } } }], {
    triggers: [
      { kind: 'event', type: 'monitoring.drift-confirmed', ...(subjectId === undefined ? {} : { subjectId }) },
    ],
    ...rest,
  });

describe.each(testDatabases)('triggers on %s', (database) => {
  let project: Awaited<ReturnType<typeof aProject>>;
  afterEach(() => project.close());

  const emit = (data: Record<string, unknown> = {}, subject = 'ep_1') =>
    project.platform.changes.change(project.ctx, async (change) =>
      change.emit('monitoring.drift-confirmed', subject, data),
    );
  const decisions = async () => (await project.service.listTriggerDecisions(project.ctx, 'p', {})).items.reverse();
  const decided = (count: number) =>
    vi.waitFor(
      async () => {
        const found = await decisions();
        expect(found).toHaveLength(count);
        return found;
      },
      { timeout: 10_000, interval: 20 },
    );

  it('start a run that says why, from the reason of the event', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift({ coolDownMs: 60_000 }) });
    project.start();
    await emit({ reason: 'Column amount drifted in 2 of 3 windows' });
    const [decision] = await decided(1);
    expect(decision).toMatchObject({
      decision: 'started',
      kind: 'event',
      reason: 'Column amount drifted in 2 of 3 windows.',
      pipelineRunId: expect.stringMatching(/^plr_/),
    });
    const run = await project.ended(decision?.pipelineRunId ?? '');
    expect(run.trigger).toEqual({
      kind: 'event',
      by: 'system:pipeline/p',
      eventId: decision?.eventId,
      reason: 'Column amount drifted in 2 of 3 windows.',
    });
    expect(run.parameters).toEqual({
      reason: run.trigger.reason,
      eventId: decision?.eventId,
      eventType: 'monitoring.drift-confirmed',
      subjectType: 'endpoint',
      subjectId: 'ep_1',
    });
    const lineage = await project.graph.lineageOf(
      'default',
      { type: 'pipeline-run', id: run.id },
      { direction: 'up', depth: 1 },
    );
    expect(lineage.nodes.map((node) => `${node.type}/${node.id}`)).toContain('endpoint/ep_1');

    await emit({ reason: 'It drifted again' });
    const [, second] = await decided(2);
    expect(second).toMatchObject({
      decision: 'cooling-down',
      pipelineRunId: null,
      reason: expect.stringContaining('cools down until'),
    });
    expect(
      (
        await listEvents(project.platform.database.db, { project: 'default', type: 'pipelines.trigger-decided' })
      ).items.map((event) => event.data['decision']),
    ).toEqual(['cooling-down', 'started']);
  });

  it('of one event start one run, however often and however simultaneously it is delivered', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift() });
    await emit();
    const [job] = (
      await listEvents(project.platform.database.db, { project: 'default', type: 'monitoring.drift-confirmed' })
    ).items;
    const event = await findEventById(project.platform.database.db, job?.id ?? '');
    const deliver = project.platform.events.handlerOf('pipelines.trigger:monitoring.drift-confirmed');
    if (!event || !deliver) throw new Error('there is an event and somebody who takes it');
    await Promise.all([deliver(event), deliver(event), deliver(event)]);
    await deliver(event);
    expect((await decisions()).map((decision) => decision.decision)).toEqual(['started']);
    expect((await project.service.listPipelineRuns(project.ctx, {})).items).toHaveLength(1);
  });

  it('of two events at the same time start one run; the other finds it under way', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift() });
    await Promise.all([emit(), emit()]);
    const deliver = project.platform.events.handlerOf('pipelines.trigger:monitoring.drift-confirmed');
    const { items } = await listEvents(project.platform.database.db, {
      project: 'default',
      type: 'monitoring.drift-confirmed',
    });
    await Promise.all(items.map((event) => deliver?.(event)));
    expect((await decisions()).map((decision) => decision.decision).sort()).toEqual(['already-running', 'started']);
    expect((await project.service.listPipelineRuns(project.ctx, {})).items).toHaveLength(1);
  });

  it('count the cool-down from a start by hand too', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift({ coolDownMs: 60_000 }) });
    project.start();
    await project.ended(
      (await project.service.startPipeline(project.ctx, 'p', { parameters: { subjectId: 'ep_9' } })).id,
    );
    await emit();
    expect((await decided(1))[0]?.decision).toBe('cooling-down');
  });

  it('are noted while the pipeline is switched off, and followed again once it is on', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift(), enabled: false });
    project.start();
    await emit();
    expect((await decided(1))[0]).toMatchObject({
      decision: 'disabled',
      reason: 'monitoring.drift-confirmed came in for the endpoint ep_1. Not followed: the pipeline is switched off.',
    });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift(), enabled: true });
    await emit();
    expect((await decided(2))[1]?.decision).toBe('started');
  });

  it('listen to the subject they name, in their own project, as the newest revision says', async () => {
    project = await aProject({ database });
    await project.platform.auth.createProject(project.ctx.actor, { name: 'other' }, 'test');
    await project.service.savePipeline({ ...project.ctx, project: 'other' }, 'p', { spec: onDrift() });
    await project.service.savePipeline(project.ctx, 'p', { spec: onDrift({}, 'ep_2') });
    const other = await project.service.savePipeline(project.ctx, 'deaf', { spec: onDrift() });
    await project.service.savePipeline(project.ctx, 'deaf', { spec: aSpec([{ name: 'a' }]) });
    project.start();
    await emit({}, 'ep_1');
    await emit({}, 'ep_2');
    expect((await decided(1))[0]).toMatchObject({
      decision: 'started',
      reason: 'monitoring.drift-confirmed came in for the endpoint ep_2.',
    });
    expect((await project.service.listTriggerDecisions(project.ctx, other.id, {})).items).toEqual([]);
    expect((await project.service.listTriggerDecisions({ ...project.ctx, project: 'other' }, 'p', {})).items).toEqual(
      [],
    );
  });

  it('come from schedules in their time zone; a decision notes when it was due', async () => {
    const clock = aClock(Date.UTC(2026, 0, 5, 1, 59, 30));
    project = await aProject({ database, clock });
    const spec = aSpec([{ name: 'a' }], {
      triggers: [{ kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' }],
    });
    const saved = await project.service.savePipeline(project.ctx, 'p', { spec });
    expect(saved.nextRunAt).toBe(Date.UTC(2026, 0, 5, 2));
    project.start();
    clock.advance(31_000);
    const [decision] = await decided(1);
    expect(decision).toMatchObject({
      kind: 'schedule',
      decision: 'started',
      eventId: null,
      reason: 'The schedule 0 3 * * * (Europe/Berlin) came due at 2026-01-05T02:00:00.000Z.',
    });
    expect((await project.ended(decision?.pipelineRunId ?? '')).parameters).toMatchObject({
      dueAt: Date.UTC(2026, 0, 5, 2),
    });
    expect((await project.service.getPipeline(project.ctx, 'p')).nextRunAt).toBe(Date.UTC(2026, 0, 6, 2));
    expect((await project.service.savePipeline(project.ctx, 'p', { spec, enabled: false })).nextRunAt).toBeNull();
  });

  it('cannot be saved when the schedule never comes due', async () => {
    project = await aProject({ database });
    const spec = aSpec([{ name: 'a' }], { triggers: [{ kind: 'schedule', cron: '0 0 31 2 *', timeZone: 'UTC' }] });
    await expect(project.service.savePipeline(project.ctx, 'p', { spec })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(project.service.getPipeline(project.ctx, 'p')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('saved at the same time become revisions one after the other', async () => {
    project = await aProject({ database });
    const saved = await Promise.all(
      [1, 2, 3].map(() => project.service.savePipeline(project.ctx, 'p', { spec: onDrift() })),
    );
    expect(saved.map((pipeline) => pipeline.revision).sort()).toEqual([1, 2, 3]);
    expect(new Set(saved.map((pipeline) => pipeline.id)).size).toBe(1);
    expect((await project.service.listPipelines(project.ctx, {})).items).toMatchObject([
      { name: 'p', revision: 3, enabled: true, lastRun: null },
    ]);
  });
});
