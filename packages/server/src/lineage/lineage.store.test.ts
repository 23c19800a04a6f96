import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { lineage } from './index.ts';
import { type LineageService, nodeLimit } from './service.ts';

describe.each(testDatabases)('lineage on %s', (database) => {
  let test: TestPlatform;
  let service: LineageService;
  let project = '';
  let projects = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    service = lineage.create(test.platform, {});
  });
  beforeEach(() => {
    project = `project-${++projects}`;
  });
  afterAll(() => test.close());

  const link = (edges: [from: string, to: string][], kind = 'made', into = project) =>
    test.platform.changes.change(test.ctx, async (change) => {
      for (const [from, to] of edges)
        await service.link(change, {
          project: into,
          from: { type: 'run', id: from },
          to: { type: 'run', id: to },
          kind,
        });
    });
  const explore = (id: string, direction: 'up' | 'down' | 'both' = 'both', depth = 6) =>
    service.lineageOf(project, { type: 'run', id }, { direction, depth });
  const depths = (found: { nodes: { id: string; depth: number }[] }) =>
    Object.fromEntries(found.nodes.map((node) => [node.id, node.depth]));

  it('finds what something was made from and what was made from it, nearest first', async () => {
    await link([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['x', 'c'],
    ]);
    const found = await explore('c');
    expect(depths(found)).toEqual({ c: 0, b: -1, x: -1, a: -2, d: 1 });
    expect(found.edges).toHaveLength(4);
    expect(found.truncated).toBe(false);
    expect(depths(await explore('c', 'up'))).toEqual({ c: 0, b: -1, x: -1, a: -2 });
    expect(depths(await explore('c', 'down'))).toEqual({ c: 0, d: 1 });
  });

  it('says that there is more beyond the depth', async () => {
    await link([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect(await explore('a', 'down', 1)).toMatchObject({ truncated: true, edges: [{ toId: 'b' }] });
    expect((await explore('a', 'down', 2)).truncated).toBe(false);
  });

  it('keeps an edge once, however often it is linked', async () => {
    await link([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    await link([['a', 'b']]);
    await link([['a', 'b']], 'checked');
    expect((await explore('a')).edges.map((edge) => edge.kind)).toEqual(['made', 'checked']);
  });

  it('ends in a circle', async () => {
    await link([
      ['a', 'b'],
      ['b', 'a'],
    ]);
    expect((await explore('a')).nodes).toHaveLength(2);
  });

  it('stops at the node limit and says so', async () => {
    await link(Array.from({ length: nodeLimit + 20 }, (_, index) => ['root', `leaf${index}`] as [string, string]));
    const found = await explore('root');
    expect(found.nodes).toHaveLength(nodeLimit);
    expect(found.truncated).toBe(true);
    const known = new Set(found.nodes.map((node) => node.id));
    expect(found.edges.every((edge) => known.has(edge.toId))).toBe(true);
  });

  it('calls nodes by their labels, and by their ids where there is none', async () => {
    service.registerLabels(
      'run',
      async (_project, ids) => new Map(ids.filter((id) => id === 'a').map((id) => [id, 'Run A'])),
    );
    await link([['a', 'b']]);
    expect((await explore('a')).nodes.map((node) => node.label)).toEqual(['Run A', 'b']);
    expect(() => service.registerLabels('run', async () => new Map())).toThrow('twice');
  });

  it('never crosses into another project', async () => {
    await link([['a', 'b']], 'made', 'other');
    expect((await explore('a')).nodes).toHaveLength(1);
  });
});
