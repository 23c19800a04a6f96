import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

describe.each(testDatabases)('saved views on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  it('are kept by name, per table and project, until they are deleted', async () => {
    const search = { filter: 'metrics.auc > 0.9', sort: 'metrics.auc', columns: 'name,metrics.auc' };
    const first = await service.saveView(test.ctx, { screen: 'runs', name: 'Best', search });
    const again = await service.saveView(test.ctx, { screen: 'runs', name: 'Best', search: { filter: 'name = "a"' } });
    expect(again).toMatchObject({ id: first.id, search: { filter: 'name = "a"' } });
    await service.saveView(test.ctx, { screen: 'runs', name: 'All', search: {} });
    await service.saveView(test.ctx, { screen: 'experiment-runs', name: 'Best', search });
    await service.saveView({ ...test.ctx, project: 'other' }, { screen: 'runs', name: 'Best', search });
    expect((await service.listSavedViews(test.ctx, 'runs')).map(({ name }) => name)).toEqual(['All', 'Best']);
    await service.deleteView(test.ctx, first.id);
    await expect(service.deleteView(test.ctx, first.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await service.listSavedViews(test.ctx, 'runs')).map(({ name }) => name)).toEqual(['All']);
    expect(await service.listSavedViews(test.ctx, 'experiment-runs')).toMatchObject([{ search }]);
  });

  it('are at most 200 of a table', async () => {
    for (let n = 0; n < 200; n++) await service.saveView(test.ctx, { screen: 'many', name: `view ${n}`, search: {} });
    await expect(service.saveView(test.ctx, { screen: 'many', name: 'one more', search: {} })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await service.saveView(test.ctx, { screen: 'many', name: 'view 7', search: { sort: 'name' } });
    expect(await service.listSavedViews(test.ctx, 'many')).toHaveLength(200);
  });
});
