import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFraudModel } from './fixtures/models.ts';
import { aPayment, aServing } from './fixtures/serving.ts';

describe('predictions', () => {
  let test: Awaited<ReturnType<typeof aServing>>;
  beforeAll(async () => {
    test = await aServing();
    test.models.add('fraud', aFraudModel(100));
    await test.service.createEndpoint(test.ctx, { name: 'payments', model: 'fraud' });
  });
  afterAll(() => test.close());

  it('answers with the label, the probabilities and one prediction id per row', async () => {
    const { reply, variant, modelVersion, predictionId } = await test.service.predict(
      test.ctx,
      'payments',
      aPayment(250, 'DE', { id: 'r1' }),
    );
    expect(reply).toMatchObject({
      model_name: 'payments',
      model_version: '1',
      id: 'r1',
      outputs: [
        { name: 'label', shape: [1], datatype: 'BYTES', data: ['fraud'] },
        { name: 'probabilities', shape: [1, 2], data: [0, 1] },
      ],
    });
    expect([variant, modelVersion, reply.parameters['prediction_ids']]).toEqual(['champion', 1, [predictionId]]);
  });

  it('captures what it answered', async () => {
    await test.service.predict(test.ctx, 'payments', aPayment(null, 'XX'));
    await test.service.flushCaptured();
    const endpoint = await test.service.getEndpoint(test.ctx, 'payments');
    expect(endpoint.captured).toBe(2);
    const rows = await test.service.readCaptured(endpoint.id, { fromRow: 0, toRow: 2 });
    expect(rows).toMatchObject({
      rows: 2,
      predictedLabel: ['fraud', 'ok'],
      predictedValue: null,
      label: [null, null],
      inputs: { amount: { kind: 'number' }, country: { kind: 'category', values: ['DE', 'XX'] } },
    });
    expect([...(rows.inputs['amount']?.values ?? [])]).toEqual([250, Number.NaN]);
  });
});
