import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFraudModel, aLine } from './fixtures/models.ts';
import { aServingServer } from './fixtures/http.ts';
import { aPayment } from './fixtures/serving.ts';

const base = '/api/v1/projects/default';

describe('serving over HTTP', () => {
  let test: Awaited<ReturnType<typeof aServingServer>>;
  beforeAll(async () => {
    test = await aServingServer({ jobs: true });
    test.models.add('fraud', aFraudModel(100));
    test.models.add('unapproved', aFraudModel(1), 'pending');
    test.models.add('cost', aLine(2, 1));
  });
  afterAll(() => test.close());

  it('creates, reads and lists endpoints as the contract says', async () => {
    expect(
      await test.call('POST', `${base}/endpoints`, { name: 'payments', model: 'fraud', unitColumn: 'customer' }),
    ).toMatchObject({ status: 201 });
    const read = await test.call('GET', `${base}/endpoints/payments`);
    expect(read.json()).toMatchObject({
      name: 'payments',
      modelName: 'fraud',
      unitColumn: 'customer',
      health: 'empty',
      variants: [{ role: 'champion', number: 1, state: 'ready', weight: 1 }],
    });
    expect((await test.call('GET', `${base}/endpoints`)).json()).toMatchObject({ items: [{ name: 'payments' }] });
  });

  it.each([
    ['a name that is taken', { name: 'payments', model: 'fraud' }, 409, 'NAME_TAKEN'],
    ['a model without a champion', { name: 'other', model: 'unapproved' }, 409, 'CONFLICT'],
    ['a path as name', { name: '../x', model: 'fraud' }, 400, 'INVALID_INPUT'],
    ['no model', { name: 'other' }, 400, 'INVALID_INPUT'],
    ['a surplus property', { name: 'other', model: 'fraud', replicas: 3 }, 400, 'INVALID_INPUT'],
  ])('refuses an endpoint with %s', async (_what, body, status, code) => {
    const reply = await test.call('POST', `${base}/endpoints`, body);
    expect([reply.status, reply.json()['code']]).toEqual([status, code]);
  });

  it('predicts, keeps the variant of a unit, takes the label and shows both', async () => {
    const payment = aPayment(500);
    payment.inputs.push({ name: 'customer', shape: [1, 1], datatype: 'BYTES', data: ['c-1'] });
    const reply = await test.call('POST', `${base}/endpoints/payments/infer`, payment);
    expect(reply.status).toBe(200);
    const id = String(reply.headers['x-millwright-prediction-id']);
    expect(
      await test.call('POST', `${base}/endpoints/payments/labels`, {
        labels: [
          { predictionId: id, value: 'ok' },
          { predictionId: 'unknown', value: true },
        ],
      }),
    ).toMatchObject({ status: 202 });
    await test.service.flushCaptured();
    const shown = await test.call('GET', `${base}/endpoints/payments/predictions`);
    expect(shown.json()).toEqual({
      items: [
        {
          id,
          at: expect.any(Number),
          variant: 'champion',
          modelVersion: 1,
          unit: 'c-1',
          inputs: { amount: 500, country: 'DE', customer: 'c-1' },
          output: { label: 'fraud' },
          label: 'ok',
        },
      ],
    });
    expect((await test.call('GET', `${base}/endpoints/payments`)).json()).toMatchObject({
      predictions: 1,
      captured: 1,
      dropped: 0,
      labels: 2,
      health: 'ok',
    });
  });

  it('refuses predictions that do not fit and unknown endpoints, and changes nothing', async () => {
    expect((await test.call('POST', `${base}/endpoints/payments/infer`, { inputs: [] })).status).toBe(400);
    expect((await test.call('POST', `${base}/endpoints/payments/infer`, aPayment('12' as never))).json()).toMatchObject(
      { code: 'INVALID_INPUT', detail: "Input 'amount' value 1: is a string, not a number." },
    );
    expect((await test.call('POST', `${base}/endpoints/none/infer`, aPayment(1))).status).toBe(404);
    expect(
      (await test.call('POST', `${base}/endpoints/none/labels`, { labels: [{ predictionId: 'x', value: 1 }] })).status,
    ).toBe(404);
    expect((await test.call('POST', `${base}/endpoints/payments/labels`, { labels: [] })).status).toBe(400);
    await test.service.flushCaptured();
    expect((await test.call('GET', `${base}/endpoints/payments`)).json()).toMatchObject({ captured: 1, labels: 2 });
  });

  it('takes only numbers as labels of a regression', async () => {
    await test.call('POST', `${base}/endpoints`, { name: 'costs', model: 'cost' });
    expect(
      (
        await test.call('POST', `${base}/endpoints/costs/infer`, {
          inputs: [{ name: 'x', shape: [1], datatype: 'FP64', data: [3] }],
        })
      ).json(),
    ).toMatchObject({ outputs: [{ name: 'value', data: [7] }] });
    const label = (value: unknown) =>
      test.call('POST', `${base}/endpoints/costs/labels`, { labels: [{ predictionId: 'p', value }] });
    expect((await label('high')).status).toBe(400);
    expect((await label('7.5')).status).toBe(202);
  });

  it('answers a rollout of an unknown version, and a roll-back with nothing to go back to, with what is wrong', async () => {
    expect(
      (
        await test.call('POST', `${base}/endpoints/payments/rollouts`, {
          modelVersionId: 'mv_00000000000000000000000000',
        })
      ).json(),
    ).toMatchObject({ code: 'INVALID_REFERENCE' });
    expect((await test.call('POST', `${base}/endpoints/payments/roll-back`, { reason: 'try' })).json()).toMatchObject({
      code: 'CONFLICT',
    });
    const challenger = test.models.add('fraud', aFraudModel(900));
    expect(
      (
        await test.call('POST', `${base}/endpoints/payments/rollouts`, {
          modelVersionId: challenger.id,
          policy: { steps: [0.5, 0.1] },
        })
      ).json(),
    ).toMatchObject({ code: 'INVALID_INPUT' });
    const started = await test.call('POST', `${base}/endpoints/payments/rollouts`, { modelVersionId: challenger.id });
    expect(started).toMatchObject({ status: 201 });
    const id = String(started.json()['id']);
    expect((await test.call('GET', `${base}/rollouts/${id}`)).json()).toMatchObject({
      state: 'running',
      weight: 0.25,
      champion: { number: 1 },
      challenger: { number: 2 },
      evidence: { threshold: 20 },
    });
    expect((await test.call('GET', `${base}/rollouts?endpoint=payments`)).json()).toMatchObject({ items: [{ id }] });
    expect(
      (await test.call('POST', `${base}/rollouts/${id}/decision`, { decision: 'roll-back', reason: 'enough' })).json(),
    ).toMatchObject({ state: 'rolled-back', reason: 'enough' });
  });
});
