import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabases } from '#platform/testing';
import { aFraudModel, aLine } from '../fixtures/models.ts';
import { aPayment, aServing } from '../fixtures/serving.ts';

type Test = Awaited<ReturnType<typeof aServing>>;
const policy = { minLabelsPerStep: 10, lossMargin: 0.15, maxLabels: 5000 };

describe.each(testDatabases)('rollouts on %s', (database: TestDatabase) => {
  let test: Test;
  let ids: { champion: string; challenger: string };
  beforeEach(async () => {
    test = await aServing({ database, jobs: true });
    const champion = test.models.add('fraud', aFraudModel(100));
    const challenger = test.models.add('fraud', aFraudModel(200));
    ids = { champion: champion.id, challenger: challenger.id };
    await test.service.createEndpoint(test.ctx, { name: 'payments', model: 'fraud' });
  });
  afterEach(() => test.close());

  const start = (more: object = {}) =>
    test.service.startRollout(test.ctx, 'payments', { modelVersionId: ids.challenger, policy: { ...policy, ...more } });
  /** Amounts of 150: the champion says fraud, the challenger ok. */
  const send = async (count: number, label?: string, from = 0) => {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        test.service.predict(test.ctx, 'payments', aPayment(150, 'DE', { parameters: { unit: `u${from + i}` } })),
      ),
    );
    if (label !== undefined)
      await test.service.sendLabels(
        test.ctx,
        'payments',
        answers.map(({ predictionId }) => ({ predictionId, value: label })),
      );
    return answers;
  };
  const settle = async () => {
    await test.service.flushCaptured();
    await test.platform.jobs.idle();
  };
  const rollout = async (id: string) => test.service.getRollout(test.ctx, id);

  it('promotes a challenger whose labels show that it is no worse', async () => {
    const { id } = await start();
    expect(test.models.aliasOf('fraud', 'challenger')).toBe(ids.challenger);
    for (let i = 0; i < 10 && (await rollout(id)).state === 'running'; i++) {
      await send(80, 'ok', i * 80);
      await settle();
    }
    const done = await rollout(id);
    expect(done).toMatchObject({
      state: 'promoted',
      weight: 1,
      endedAt: expect.any(Number),
      reason: expect.stringContaining("above the champion's"),
    });
    expect(test.models.aliasOf('fraud', 'champion')).toBe(ids.challenger);
    expect(test.models.aliasOf('fraud', 'challenger')).toBeUndefined();
    const endpoint = await test.service.getEndpoint(test.ctx, 'payments');
    expect(endpoint).toMatchObject({
      rolloutId: null,
      variants: [{ role: 'champion', modelVersionId: ids.challenger, state: 'ready', weight: 1 }],
    });
    const [answer] = await send(1);
    expect(answer).toMatchObject({ modelVersion: 2, variant: 'champion' });

    const back = await test.service.rollBack(test.ctx, 'payments', 'it was too good');
    expect(back.variants).toMatchObject([{ modelVersionId: ids.champion, state: 'ready' }]);
    expect(test.models.aliasOf('fraud', 'champion')).toBe(ids.champion);
  });

  it('rolls back a challenger that is wrong more often, and leaves the champion alone', async () => {
    const { id } = await start();
    for (let i = 0; i < 10 && (await rollout(id)).state === 'running'; i++) {
      await send(80, 'fraud', i * 80);
      await settle();
    }
    expect(await rollout(id)).toMatchObject({
      state: 'rolled-back',
      weight: 0,
      reason: expect.stringContaining('loss is higher'),
    });
    expect(test.models.aliasOf('fraud', 'champion')).toBe(ids.champion);
    const answers = await send(40);
    expect(answers.every(({ modelVersion }) => modelVersion === 1)).toBe(true);
  });

  it('counts each labelled prediction once, whether the label or the row came first', async () => {
    const { id } = await start({ minLabelsPerStep: 1000 });
    await send(30, 'ok');
    const late = await send(30, undefined, 30);
    await settle();
    const first = await rollout(id);
    expect(first.champion.requests + first.challenger.requests).toBe(60);
    expect(first.champion.labelled + first.challenger.labelled).toBe(30);
    const labels = late.map(({ predictionId }) => ({ predictionId, value: 'ok' }));
    await test.service.sendLabels(test.ctx, 'payments', labels);
    await settle();
    await test.service.sendLabels(test.ctx, 'payments', labels);
    await test.service.sendLabels(
      test.ctx,
      'payments',
      labels.map((label) => ({ ...label, value: 'fraud' })),
    );
    await settle();
    await test.service.rollouts.evaluate(test.ctx, id);
    const second = await rollout(id);
    expect(second.champion.labelled + second.challenger.labelled).toBe(60);
    expect(second.challenger.lossSum).toBe(0);
    expect(second.champion.lossSum).toBe(second.champion.labelled);
    expect((await test.service.getEndpoint(test.ctx, 'payments')).labels).toBe(60);
  });

  it('leaves out answers of a version that the caller asked for', async () => {
    const { id } = await start();
    const route = test.service.route('payments');
    const answer = await test.service.infer(route!, aPayment(150), { requestId: 'r', version: 2 });
    expect(answer.modelVersion).toBe(2);
    await settle();
    expect((await rollout(id)).challenger.requests).toBe(0);
  });

  it('allows one rollout at a time, of an approved version that takes the same inputs', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'CONFLICT' });
    const [rejected] = [test.models.add('fraud', aFraudModel(300), 'rejected')];
    await expect(
      test.service.startRollout(test.ctx, 'payments', { modelVersionId: rejected.id }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(
      test.service.startRollout(test.ctx, 'payments', { modelVersionId: ids.champion }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = test.models.add('fraud', aLine(1, 1));
    await expect(test.service.startRollout(test.ctx, 'payments', { modelVersionId: other.id })).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
    });
    await expect(test.service.startRollout(test.ctx, 'payments', { modelVersionId: 'mv_0' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
  });

  it('is decided by hand, as far as its state allows', async () => {
    const { id } = await start();
    const decide = (decision: 'promote' | 'roll-back' | 'pause' | 'resume') =>
      test.service.decideRollout(test.ctx, id, { decision, reason: 'by hand' });
    await expect(decide('resume')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await decide('pause')).state).toBe('paused');
    expect((await decide('resume')).state).toBe('running');
    const done = await decide('promote');
    expect(done).toMatchObject({
      state: 'promoted',
      decisions: [
        { decision: 'start' },
        { decision: 'pause' },
        { decision: 'resume' },
        { decision: 'promote', reason: 'by hand', by: 'system:test' },
      ],
    });
    await expect(decide('roll-back')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(test.models.aliasOf('fraud', 'champion')).toBe(ids.challenger);
  });

  it('follows the champion alias when somebody moves it, and ends the rollout', async () => {
    const third = test.models.add('fraud', aFraudModel(300));
    const { id } = await start();
    test.models.setAlias('fraud', 'champion', third.id);
    await test.service.followModelAlias(third.modelId, 'default');
    expect(await rollout(id)).toMatchObject({ state: 'aborted', reason: 'The alias champion was moved to version 3.' });
    await expect.poll(async () => (await send(1))[0]?.modelVersion).toBe(3);
  });

  it('never moves a unit back while the weight rises', async () => {
    await start({ steps: [0.2, 0.6, 0.9] });
    const before = await send(60);
    await test.service.sendLabels(
      test.ctx,
      'payments',
      before.map(({ predictionId, variant }) => ({ predictionId, value: variant === 'challenger' ? 'ok' : 'fraud' })),
    );
    await settle();
    const after = await send(60);
    before.forEach(({ modelVersion }, unit) => expect(after[unit]?.modelVersion).toBeGreaterThanOrEqual(modelVersion));
  });

  it('rolls back at once, without waiting for labels, when the circuit breaker trips', async () => {
    const { id } = await start();
    const route = test.service.route('payments');
    for (let i = 0; i < 20; i++) route?.challenger?.breaker.record(true);
    expect(route?.challenger?.breaker.tripped).toEqual({ requests: 20, failed: 20 });
    expect((await send(40)).every(({ modelVersion }) => modelVersion === 1)).toBe(true);
    await test.service.rollouts.trip('default', id, { requests: 20, failed: 20 });
    expect(await rollout(id)).toMatchObject({
      state: 'rolled-back',
      reason: '20 of 20 successive challenger requests failed.',
    });
  });
});
