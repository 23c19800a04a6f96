import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, type StoredBlob } from '#platform/blobs';
import { aClock, anApi, aPlatform, type TestApi, type TestPlatform, testDatabases } from '#platform/testing';
import { sql } from '#platform/db';
import { judge } from './collecting.ts';
import { serveGarbage } from './index.ts';

const hourMs = 3_600_000;

describe('what becomes of a content that nothing refers to', () => {
  const digest = digestOf(Buffer.from('a'));
  const blob = (storedAt: number): StoredBlob => ({ digest, sizeBytes: 1, storedAt });
  const mark = (seenAt: number) => new Map([[digest, { digest, sizeBytes: 1, seenAt, doomed: false }]]);
  const at = { now: 100 * hourMs, graceMs: 24 * hourMs };
  const fateOf = (storedAt: number, seenAt: number | null, isUsed = false) => {
    const judged = judge(
      [blob(storedAt)],
      new Set(isUsed ? [digest] : []),
      seenAt === null ? new Map() : mark(seenAt),
      at,
    );
    return Object.entries(judged).flatMap(([name, items]) => (items.length > 0 ? [name] : []));
  };

  it('is noted first, waits for the grace time, and only then goes', () => {
    expect(fateOf(0, null)).toEqual(['fresh']);
    expect(fateOf(0, 77 * hourMs)).toEqual(['waiting']);
    expect(fateOf(0, 76 * hourMs)).toEqual(['deletable']);
  });
  it('starts again when it was stored in between, and is left alone when something refers to it', () => {
    expect(fateOf(90 * hourMs, 50 * hourMs)).toEqual(['fresh']);
    expect(fateOf(50 * hourMs, 50 * hourMs)).toEqual(['fresh']);
    expect(fateOf(0, 50 * hourMs, true)).toEqual(['referenced']);
  });
});

describe.each(testDatabases)('garbage on %s', (database) => {
  const clock = aClock(Date.now());
  let test: TestPlatform;
  let api: TestApi;
  beforeAll(async () => {
    // Without the nightly one: as time goes on here, it would begin between two that are asked for.
    test = await aPlatform({ database, clock, config: { '--garbage-grace-hours': '0' } });
    test.platform.contents.declare({ table: 'artifacts', column: 'digest' });
    api = await anApi(test, (served) => serveGarbage(served, test.platform));
    test.start();
  });
  afterAll(async () => {
    await api.close();
    await test.close();
  });

  const put = async (content: string) => (await test.platform.blobs.put(Buffer.from(content))).digest;
  const refer = (digest: string) =>
    sql`insert into artifacts (project, root, path, digest, size_bytes, media_type, created_at)
      values ('default', 'run_x', ${digest}, ${digest}, 1, 'text/plain', 0)`.execute(test.platform.database.db);
  const has = (digest: string) => test.platform.blobs.has(digest);
  const collect = async (body: object = {}) => {
    expect(await api.send('POST', '/garbage/collections', body)).toMatchObject({
      status: 202,
      body: { state: 'running' },
    });
    await test.platform.jobs.idle();
    const { body: garbage } = await api.send('GET', '/garbage');
    expect(garbage['latest']).toMatchObject({ state: 'done' });
    return garbage['latest'] as Record<string, number>;
  };

  it('goes after two looks that are the grace time apart, and nothing else does', async () => {
    const used = await put('used');
    await refer(used);
    const unused = await Promise.all(Array.from({ length: 1200 }, (_, n) => put(`unused ${n}`)));
    expect(await collect({ dryRun: true })).toMatchObject({
      blobs: 1201,
      unreferencedBlobs: 1200,
      deletableBlobs: 0,
      deletedBlobs: 0,
    });
    expect((await api.send('GET', '/garbage')).body).toMatchObject({ blobs: 0, oldestSeenAt: null });
    clock.advance(hourMs);
    expect(await collect()).toMatchObject({ unreferencedBlobs: 1200, deletableBlobs: 0, deletedBlobs: 0 });
    expect((await api.send('GET', '/garbage')).body).toMatchObject({ blobs: 1200, oldestSeenAt: clock.now() });
    clock.advance(23 * hourMs);
    expect(await collect()).toMatchObject({ deletableBlobs: 0, deletedBlobs: 0 });
    const referredAgain = unused[7] as string;
    await refer(referredAgain);
    clock.advance(hourMs);
    expect(await collect({ dryRun: true })).toMatchObject({ deletableBlobs: 1199, deletedBlobs: 0 });
    expect(await has(unused[0] as string)).toBe(true);
    expect(await collect()).toMatchObject({ blobs: 1201, deletableBlobs: 1199, deletedBlobs: 1199 });
    expect([await has(used), await has(referredAgain), await has(unused[0] as string)]).toEqual([true, true, false]);
    expect((await api.send('GET', '/garbage')).body).toMatchObject({ blobs: 0, bytes: 0 });
    expect(await collect()).toMatchObject({ blobs: 2, unreferencedBlobs: 0, deletedBlobs: 0 });
  });

  it('goes at once where no grace time is asked for', async () => {
    const gone = await put('of no use');
    clock.advance(hourMs);
    expect(await collect({ graceHours: 0, dryRun: true })).toMatchObject({ deletableBlobs: 1, deletedBlobs: 0 });
    expect(await has(gone)).toBe(true);
    expect(await collect({ graceHours: 0 })).toMatchObject({ deletedBlobs: 1 });
    expect(await has(gone)).toBe(false);
  });

  it('stays while a backup needs it', async () => {
    const gone = await put('in a backup');
    clock.advance(hourMs);
    const release = await test.platform.contents.hold();
    await api.send('POST', '/garbage/collections', { graceHours: 0 });
    await test.platform.jobs.idle();
    expect(await has(gone)).toBe(true);
    expect(await api.send('POST', '/garbage/collections', {})).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    release();
    clock.advance(10_000);
    await test.platform.jobs.idle();
    expect(await has(gone)).toBe(false);
  });
});
