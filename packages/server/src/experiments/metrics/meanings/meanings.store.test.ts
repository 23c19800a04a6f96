import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../../index.ts';

describe.each(testDatabases)('what metrics mean on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  it('is said part by part, kept, and taken back', async () => {
    await service.describeMetric(test.ctx, 'latency', { direction: 'minimize', unit: 'ms', low: 0 });
    await service.describeMetric(test.ctx, 'latency', { high: 1000, description: 'of one request' });
    const meaning = {
      key: 'latency',
      direction: 'minimize',
      unit: 'ms',
      low: 0,
      high: 1000,
      description: 'of one request',
    };
    expect((await service.listMetricMeanings(test.ctx, {})).items).toEqual([meaning]);
    expect(await service.describeMetric(test.ctx, 'latency', { direction: null, high: null })).toEqual({
      ...meaning,
      direction: null,
      high: null,
    });
    await expect(service.describeMetric(test.ctx, 'latency', { high: -1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const { items } = await listAudit(test.platform.database.db, { resourceId: 'latency' });
    expect(items[0]).toMatchObject({ verb: 'metric.describe', detail: { direction: null, high: null } });
    await service.forgetMetric(test.ctx, 'latency');
    await expect(service.forgetMetric(test.ctx, 'latency')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is said by tags of an experiment, when it is made and later', async () => {
    const { id } = await service.createExperiment(test.ctx, {
      name: 'tagged',
      tags: { 'millwright.metric.val/iou.50.direction': 'maximize', 'millwright.metric.val/iou.50.unit': '%' },
    });
    await service.updateExperiment(test.ctx, id, {
      tags: { 'millwright.metric.val/iou.50.low': '0', 'millwright.metric.val/iou.50.high': '100' },
    });
    expect((await service.listMetricMeanings(test.ctx, {})).items).toEqual([
      { key: 'val/iou.50', direction: 'maximize', unit: '%', low: 0, high: 100, description: '' },
    ]);
    for (const tags of [
      { 'millwright.metric.auc.direction': 'up' },
      { 'millwright.metric.auc.low': 'zero' },
      { 'millwright.metric.auc.colour': 'red' },
    ])
      await expect(service.updateExperiment(test.ctx, id, { tags })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(Object.keys((await service.findExperiment(test.ctx, id)).tags)).toHaveLength(4);
  });

  it('comes in pages', async () => {
    for (const key of ['a', 'b', 'c']) await service.describeMetric(test.ctx, key, { unit: key });
    const first = await service.listMetricMeanings(test.ctx, { limit: 2 });
    const second = await service.listMetricMeanings(test.ctx, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(['a', 'b', 'c', 'val/iou.50']);
    expect(second.nextCursor).toBeNull();
  });
});
