import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

describe.each(testDatabases)('folders of experiments on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  let made = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  const ctxOf = () => ({ ...test.ctx, project: `project-${++made}` });
  const paths = async (ctx: typeof test.ctx) =>
    (await service.listFolders(ctx)).items.map(({ path, experimentCount }) => [path, experimentCount]);

  it('nest, are moved and renamed with all that is in them, and never lie in themselves', async () => {
    const ctx = ctxOf();
    const vision = await service.createFolder(ctx, { name: 'vision' });
    const resnet = await service.createFolder(ctx, { name: 'resnet', parent: 'vision' });
    const old = await service.createFolder(ctx, { name: 'old', parent: resnet.id });
    expect(old).toMatchObject({ path: 'vision/resnet/old', parentId: resnet.id });
    await expect(service.createFolder(ctx, { name: 'resnet', parent: vision.id })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    await expect(service.createFolder(ctx, { name: 'x', parent: 'none/such' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    for (const parent of [old.id, resnet.id, 'vision/resnet'])
      await expect(service.updateFolder(ctx, resnet.id, { parent })).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.updateFolder(ctx, resnet.id, { parent: null, name: 'nets' });
    expect(await paths(ctx)).toEqual([
      ['nets', 0],
      ['nets/old', 0],
      ['vision', 0],
    ]);
    await service.createFolder(ctx, { name: 'nets', parent: vision.id });
    await expect(service.updateFolder(ctx, resnet.id, { parent: 'vision' })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect(await paths(ctxOf())).toEqual([]);
  });

  it('hold experiments, each at most one folder, and list them', async () => {
    const ctx = ctxOf();
    await service.createFolder(ctx, { name: 'a' });
    const inner = await service.createFolder(ctx, { name: 'b', parent: 'a' });
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) ids.push((await service.createExperiment(ctx, { name })).id);
    const made = await service.createExperiment(ctx, { name: 'four', folder: 'a/b' });
    expect(made.folderId).toBe(inner.id);
    expect(await service.placeExperiments(ctx, ['one', ids[1] as string], 'a')).toBe(2);
    expect(await service.placeExperiments(ctx, ['one'], 'a')).toBe(0);
    const names = async (query: { folder?: string; below?: boolean }) =>
      (await service.listExperiments(ctx, query)).items.map(({ name }) => name).sort();
    expect(await names({ folder: 'a' })).toEqual(['one', 'two']);
    expect(await names({ folder: 'a', below: true })).toEqual(['four', 'one', 'two']);
    expect(await names({ folder: '' })).toEqual(['three']);
    expect(await names({})).toHaveLength(4);
    await expect(names({ folder: 'zzz' })).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await expect(service.placeExperiments(ctx, ['three', 'none'], 'a')).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    expect(await names({ folder: '' })).toEqual(['three']);
    expect(await service.listFolders(ctx)).toMatchObject({
      outside: 1,
      items: [{ experimentCount: 2 }, { experimentCount: 1 }],
    });
    expect(await service.placeExperiments(ctx, ['one', 'two', 'three', 'four'], null)).toBe(3);
    expect(await names({ folder: '' })).toHaveLength(4);
    const { items } = await listAudit(test.platform.database.db, { resourceId: made.id });
    expect(items[0]).toMatchObject({ verb: 'experiment.place', detail: { folder: null } });
  });

  it('go when they are empty, or leave what is in them to the folder above', async () => {
    const ctx = ctxOf();
    const top = await service.createFolder(ctx, { name: 'top' });
    const same = await service.createFolder(ctx, { name: 'same', parent: 'top' });
    await service.createFolder(ctx, { name: 'same', parent: same.id });
    const { id } = await service.createExperiment(ctx, { name: 'e', folder: 'top/same' });
    const trashed = await service.createExperiment(ctx, { name: 't', folder: 'top/same' });
    await service.setExperimentDeleted(ctx, trashed.id, true);
    await expect(service.deleteFolder(ctx, same.id, { moveUp: false })).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.deleteFolder(ctx, same.id, { moveUp: true });
    expect(await paths(ctx)).toEqual([
      ['top', 1],
      ['top/same', 0],
    ]);
    for (const ref of [id, trashed.id]) expect((await service.findExperiment(ctx, ref)).folderId).toBe(top.id);
    await service.createFolder(ctx, { name: 'same' });
    await expect(service.deleteFolder(ctx, top.id, { moveUp: true })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await expect(service.deleteFolder(ctx, same.id, { moveUp: true })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are named by a tag of the experiment, which makes them', async () => {
    const ctx = ctxOf();
    const { id } = await service.createExperiment(ctx, { name: 'e', tags: { 'millwright.folder': 'nlp / bert' } });
    expect(await paths(ctx)).toEqual([
      ['nlp', 0],
      ['nlp/bert', 1],
    ]);
    await service.updateExperiment(ctx, id, { tags: { 'millwright.folder': 'nlp' } });
    expect(await paths(ctx)).toEqual([
      ['nlp', 1],
      ['nlp/bert', 0],
    ]);
    await service.updateExperiment(ctx, id, { tags: { other: 'x' } });
    expect((await service.findExperiment(ctx, id)).folderId).not.toBeNull();
    for (const path of ['a//b', '/a', '..', 'a/../b', 'x'.repeat(121), Array(21).fill('d').join('/')])
      await expect(service.updateExperiment(ctx, id, { tags: { 'millwright.folder': path } })).rejects.toMatchObject({
        code: path.startsWith('d/') ? 'CONFLICT' : 'INVALID_INPUT',
      });
    await service.updateExperiment(ctx, id, { tags: { 'millwright.folder': '' } });
    expect((await service.findExperiment(ctx, id)).folderId).toBeNull();
  });

  it('stay a tree when everybody moves them at once', async () => {
    const ctx = ctxOf();
    const names = ['a', 'b', 'c', 'd'];
    const folders = await Promise.all(names.map((name) => service.createFolder(ctx, { name })));
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, turn) => {
        const [folder, parent] = [folders[turn % 4], folders[(turn * 3 + 1) % 4]];
        return service.updateFolder(ctx, folder?.id as string, {
          parent: turn % 5 === 0 ? null : (parent?.id as string),
        });
      }).concat(
        Array.from({ length: 10 }, async (_, turn) => {
          const tags = { 'millwright.folder': `a/${turn % 3}` };
          await service.createExperiment(ctx, { name: `e-${turn}`, tags });
          return folders[0] as (typeof folders)[number];
        }),
      ),
    );
    const found = (await service.listFolders(ctx)).items;
    // Each is reached from the top: a circle would not be.
    const byId = new Map(found.map((folder) => [folder.id, folder]));
    for (const folder of found) {
      let above: string | null = folder.id;
      for (let level = 0; above !== null && level < 30; level++) above = byId.get(above)?.parentId ?? null;
      expect(above).toBeNull();
    }
    expect((await service.listExperiments(ctx, { folder: '' })).items).toEqual([]);
  });
});
