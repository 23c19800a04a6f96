import type { Role } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listAudit } from '#platform/audit';
import { type Actor, localOwner } from '#platform/auth';
import { listEvents } from '#platform/events';
import { aClock, testDatabases } from '#platform/testing';
import { aRegistry } from '../fixtures/a-registry.ts';

const actor = (name: string, ...roles: Role[]): Actor => ({
  ...localOwner,
  id: `usr_${name}`,
  name,
  kind: 'user',
  grants: roles.map((role) => ({ role, project: 'default', resource: null })),
});

describe.each(testDatabases)('requests for approval on %s', (database) => {
  const clock = aClock();
  let test: Awaited<ReturnType<typeof aRegistry>>;
  beforeAll(async () => {
    test = await aRegistry({ database, clock });
  });
  afterAll(() => test.close());

  const ctx = (name: string, ...roles: Role[]) => test.as(actor(name, ...roles));
  const ann = () => ctx('ann', 'editor');
  const bob = () => ctx('bob', 'approver');
  const cy = () => ctx('cy', 'approver');
  const dan = () => ctx('dan', 'admin');
  const protect = (model: string, policy: object) =>
    test.service.setModelPolicy(test.ctx, model, {
      approvals: [],
      protections: [],
      requestDays: 14,
      ...policy,
    } as never);
  const approve = (digest: string | null, reason = 'seen') => ({ decision: 'approve' as const, reason, digest });
  const aVersion = async (name: string, approval: 'automatic' | 'manual' | 'none' = 'manual') => {
    const model = await test.service.ensureModel(test.ctx, { name, approval });
    const run = await test.experiments
      .ensureExperiment(test.ctx, 'runs')
      .then(({ id }) => test.experiments.startRun(test.ctx, { experiment: id }));
    const put = (content: string) =>
      test.experiments.putFile(test.ctx, { root: run.id, path: 'm/weights' }, Buffer.from(content), 'text/plain');
    await put('1');
    const files = { root: run.id, path: 'm' };
    const version = await test.service.registerSource(ann(), name, { source: 'runs:/x/m', files, runId: run.id });
    return { model, version, put };
  };

  it('approve a version, and move what was asked for, in one change, by somebody else', async () => {
    const { model, version } = await aVersion('moved');
    const asked = await test.service.requestApproval(ann(), version.id, { reason: 'better', alias: 'champion' });
    expect(asked).toMatchObject({
      state: 'open',
      alias: 'champion',
      digest: version.digest,
      requestedBy: 'ann',
      votes: [],
    });
    await expect(test.service.requestApproval(ann(), version.id, { reason: 'x', alias: 'champion' })).rejects.toThrow(
      'asked for this already',
    );
    const mine = (who: ReturnType<typeof ctx>) =>
      test.service.listRequests(who, { model: 'moved', waitsForMe: true }).then(({ items }) => items.length);
    expect([await mine(ann()), await mine(bob()), await mine(ctx('eve', 'viewer'))]).toEqual([0, 1, 0]);
    await test.service.comment(bob(), asked.id, 'Which data?');
    const self = { ...ann(), actor: actor('ann', 'admin') };
    await expect(test.service.decideRequest(self, asked.id, approve(version.digest))).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    });
    await expect(test.service.decideRequest(bob(), asked.id, approve(null))).rejects.toMatchObject({ code: 'STALE' });
    const done = await test.service.decideRequest(bob(), asked.id, approve(version.digest));
    expect(done).toMatchObject({
      state: 'approved',
      closedBy: 'bob',
      comments: [{ by: 'bob', text: 'Which data?' }],
      votes: [{ by: 'bob', decision: 'approve', roles: ['approver'] }],
    });
    expect(await test.service.aliasTarget(test.ctx, model.id, 'champion')).toMatchObject({
      id: version.id,
      approval: { state: 'approved', by: 'bob', digest: version.digest },
    });
    await expect(test.service.decideRequest(cy(), asked.id, approve(version.digest))).rejects.toThrow('approved');
    const verbs = (await listAudit(test.platform.database.db, { resourceId: version.id, limit: 100 })).items;
    expect(verbs.map(({ verb }) => verb).reverse()).toEqual([
      'model-version.create',
      'approval.request',
      'approval.comment',
      'approval.decide',
      'model-version.decide',
      'approval.close',
    ]);
    const events = (await listEvents(test.platform.database.db, { project: 'default', limit: 1000 })).items;
    expect(
      events
        .filter(({ subjectId }) => subjectId === asked.id)
        .map(({ type }) => type)
        .reverse(),
    ).toEqual([
      'registry.approval-requested',
      'registry.approval-commented',
      'registry.approval-voted',
      'registry.approval-closed',
    ]);
  });

  it('are void once the files are others, and everything with them', async () => {
    const { model, version, put } = await aVersion('void');
    const asked = await test.service.requestApproval(ann(), version.id, { reason: 'better' });
    await put('2');
    await expect(test.service.decideRequest(bob(), asked.id, approve(version.digest))).rejects.toThrow();
    expect(await test.service.getRequest(bob(), asked.id)).toMatchObject({ state: 'void' });
    const again = await test.service.requestApproval(ann(), version.id, { reason: 'better now' });
    expect(again.boundTo).not.toBe(asked.boundTo);
    await test.service.decideRequest(bob(), again.id, approve(again.digest));
    await test.service.setAlias(test.ctx, model.id, 'champion', version.id);
    await put('3');
    await test.service.versionPlace(test.ctx, version.id);
    expect((await test.service.findVersion(test.ctx, version.id)).approval.state).toBe('pending');
    expect(await test.service.aliasTarget(test.ctx, model.id, 'champion')).toBeNull();
  });

  it('take as many people, and of such roles, as the policy asks for', async () => {
    const { version } = await aVersion('many', 'none');
    await protect('many', {
      approvals: [{ role: 'approver', count: 2 }],
      protections: [{ kind: 'alias', pattern: 'prod*', role: 'admin', approvedOnly: true }],
    });
    const { version: second } = await aVersion('many', 'none');
    expect([version.approval.state, second.approval.state]).toEqual(['approved', 'pending']);
    await expect(test.service.decideApproval(bob(), second.id, approve(second.digest))).rejects.toThrow(
      'More than one approval',
    );
    const asked = await test.service.requestApproval(ann(), second.id, { reason: 'go', alias: 'prod-eu' });
    const vote = (who: ReturnType<typeof ctx>) => test.service.decideRequest(who, asked.id, approve(second.digest));
    expect((await vote(bob())).rules).toEqual([
      { role: 'approver', count: 2, approved: 1 },
      { role: 'admin', count: 1, approved: 0 },
    ]);
    await expect(vote(bob())).rejects.toThrow('already');
    expect((await vote(cy())).state).toBe('open');
    const waits = await test.service.listRequests(ctx('fay', 'approver'), { model: 'many', waitsForMe: true });
    expect(waits.items).toEqual([]);
    expect((await vote(dan())).state).toBe('approved');
    expect(await test.service.aliasTarget(test.ctx, 'many', 'prod-eu')).toMatchObject({
      id: second.id,
      approval: { by: 'bob, cy, dan' },
    });
  });

  it('are the way to what is protected, whichever way somebody tries', async () => {
    const { model, version } = await aVersion('guarded', 'none');
    const other = (await aVersion('guarded', 'none')).version;
    await protect('guarded', {
      protections: [
        { kind: 'alias', pattern: 'prod', role: 'admin', approvedOnly: true },
        { kind: 'stage', pattern: 'Production', role: 'admin', approvedOnly: true },
      ],
    });
    const refused = { code: 'PERMISSION_DENIED', message: expect.stringContaining('request-approval') };
    await expect(test.service.setAlias(bob(), model.id, 'prod', version.id)).rejects.toMatchObject(refused);
    await test.service.setAlias(bob(), model.id, 'blue', version.id);
    await test.service.setAlias(dan(), model.id, 'prod', version.id);
    for (const attempt of [
      () => test.service.setAlias(bob(), model.id, 'prod', other.id),
      () => test.service.deleteAlias(bob(), model.id, 'prod'),
      () => test.service.deleteVersion(ann(), version.id),
      () => test.service.deleteModel(ann(), model.id),
      () => test.service.updateVersion(ann(), version.id, { stage: 'Production' }),
      () => test.service.demandAlias(bob(), model.id, 'prod', other.id),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await test.service.getModel(test.ctx, model.id)).aliases).toMatchObject({
      prod: { versionId: version.id },
    });
    const asked = await test.service.requestApproval(ann(), other.id, { reason: 'go', stage: 'Production' });
    await test.service.decideRequest(dan(), asked.id, approve(other.digest));
    expect((await test.service.findVersion(test.ctx, other.id)).stage).toBe('Production');
    await expect(test.service.updateVersion(ann(), other.id, { stage: 'Archived' })).rejects.toMatchObject(refused);
  });

  it('are protected by the project for all models, and expire', async () => {
    const { version } = await aVersion('expiring', 'none');
    const policy = { approvals: [], requestDays: 1 };
    await test.service.setProjectPolicy(test.ctx, {
      ...policy,
      protections: [{ kind: 'alias', pattern: 'live', role: 'approver', approvedOnly: false }],
    });
    await expect(test.service.setAlias(ann(), 'expiring', 'live', version.id)).rejects.toThrow('role approver');
    const asked = await test.service.requestApproval(ann(), version.id, { reason: 'go', alias: 'live' });
    expect(asked.expiresAt - asked.requestedAt).toBe(86_400_000);
    await test.service.setProjectPolicy(test.ctx, { ...policy, protections: [] });
    await test.service.setAlias(ann(), 'expiring', 'live', version.id);
  });

  it('may be withdrawn by who asked, and rejected without the version where they are about an alias', async () => {
    const { version } = await aVersion('rejected');
    const alias = await test.service.requestApproval(ann(), version.id, { reason: 'go', alias: 'champion' });
    const whole = await test.service.requestApproval(ann(), version.id, { reason: 'go' });
    await expect(test.service.withdrawRequest(ctx('gil', 'editor'), alias.id, 'no')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await test.service.decideRequest(bob(), alias.id, { ...approve(version.digest), decision: 'reject' });
    expect((await test.service.findVersion(test.ctx, version.id)).approval.state).toBe('pending');
    expect((await test.service.withdrawRequest(ann(), whole.id, 'later')).state).toBe('withdrawn');
    const again = await test.service.requestApproval(ann(), version.id, { reason: 'go' });
    await test.service.decideApproval(bob(), version.id, { ...approve(version.digest), decision: 'reject' });
    expect((await test.service.getRequest(ann(), again.id)).state).toBe('rejected');
    await expect(test.service.requestApproval(ann(), version.id, { reason: 'go' })).rejects.toThrow('was rejected');
  });

  it('do not let who asked decide directly, and carry out one decision of two at once', async () => {
    const { version } = await aVersion('race', 'automatic');
    const hal = ctx('hal', 'editor', 'approver');
    const asked = await test.service.requestApproval(hal, version.id, { reason: 'go' });
    await expect(test.service.decideApproval(hal, version.id, approve(version.digest))).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    });
    const both = await Promise.allSettled(
      [bob(), cy()].map((who) => test.service.decideRequest(who, asked.id, approve(version.digest))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { items } = await listAudit(test.platform.database.db, { resourceId: version.id, limit: 100 });
    expect(items.filter(({ verb }) => verb === 'model-version.decide')).toHaveLength(1);
  });

  // The last one: jobs run from here on, and it is days later.
  it('are closed by a job when nobody decides in time, and only those', async () => {
    const { version } = await aVersion('overdue');
    await protect('overdue', { requestDays: 2 });
    const asked = await test.service.requestApproval(ann(), version.id, { reason: 'go' });
    await protect('overdue', { requestDays: 30 });
    const later = await test.service.requestApproval(ann(), version.id, { reason: 'go', alias: 'champion' });
    const state = async ({ id }: { id: string }) => {
      const { state, closedBy, closedReason } = await test.service.getRequest(ann(), id);
      return [state, closedBy, closedReason];
    };
    test.start();
    const { db } = test.platform.database;
    // Once the schedule is there: it is counted from the moment it is written.
    await vi.waitFor(async () =>
      expect(await test.platform.scheduler.nextAt('registry.expire-requests')).not.toBeNull(),
    );
    clock.advance(2 * 86_400_000);
    await vi.waitFor(
      async () =>
        expect(await state(asked)).toEqual(['expired', 'system:registry.expire-requests', 'Nobody decided in time.']),
      { timeout: 20_000 },
    );
    expect(await state(later)).toEqual(['open', null, '']);
    await expect(test.service.decideRequest(bob(), asked.id, approve(version.digest))).rejects.toThrow('expired');
    const { items } = await listAudit(db, { resourceId: version.id, limit: 100 });
    expect(items.filter(({ verb }) => verb === 'approval.close')).toMatchObject([
      { actorName: 'system:registry.expire-requests', detail: { requestId: asked.id, state: 'expired' } },
    ]);
    const events = (await listEvents(db, { project: 'default', limit: 1000 })).items;
    expect(events.filter(({ subjectId }) => subjectId === asked.id).map(({ type }) => type)).toEqual([
      'registry.approval-closed',
      'registry.approval-requested',
    ]);
    expect((await test.service.findVersion(test.ctx, version.id)).approval.state).toBe('pending');
  });
});
