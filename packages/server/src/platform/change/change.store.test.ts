import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readHead } from '#platform/audit';
import { sql } from '#platform/db';
import { lastSeq } from '#platform/events';
import { listJobs } from '#platform/jobs';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import type { Change } from './index.ts';

describe.each(testDatabases)('a change on %s', (database) => {
  let test: TestPlatform;
  let project = '';
  let made = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    test.platform.events.subscribe('experiments.run-ended', 'tell', async () => undefined);
  });
  beforeEach(() => {
    project = `project-${++made}`;
  });
  afterAll(() => test.close());

  const change = <T>(run: (change: Change) => Promise<T>) =>
    test.platform.changes.change({ ...test.ctx, project }, run);
  const everything = async (tx: Change) => {
    await sql`insert into projects (id, name, title, description, created_at) values (${`id-${project}`}, ${project}, '', '', 0)`.execute(
      tx.db,
    );
    tx.audit({ verb: 'thing.make', resourceType: 'thing', resourceId: 'thing' });
    tx.emit('experiments.run-ended', 'run_1', { state: 'done' });
    tx.enqueue('work', { thing: 1 });
  };
  const state = async () => {
    const { db } = test.platform.database;
    const rows = await sql`select name from projects where name = ${project}`.execute(db);
    const jobs = await listJobs(db, { limit: 1000 });
    return {
      rows: rows.rows.length,
      audit: (await readHead(db))?.seq,
      events: await lastSeq(db),
      jobs: jobs.items.length,
    };
  };

  it('writes rows, audit, events, their deliveries and jobs together', async () => {
    const before = await state();
    await change(everything);
    expect(await state()).toEqual({
      rows: 1,
      audit: (before.audit ?? 0) + 1,
      events: before.events + 1,
      jobs: before.jobs + 2,
    });
  });

  it('writes nothing when it throws, at the end or in something it calls', async () => {
    const before = await state();
    const failing = [
      async (tx: Change) => {
        await everything(tx);
        throw new Error('no');
      },
      async (tx: Change) => {
        await everything(tx);
        await sql`insert into projects (id) values ('without the rest')`.execute(tx.db);
      },
      async (tx: Change) => {
        await everything(tx);
        await change(async () => undefined);
      },
    ];
    for (const run of failing) await expect(change(run)).rejects.toThrow();
    expect(await state()).toEqual(before);
  });

  it('is tried again when the database could not order it, and then counts once', async () => {
    const before = await state();
    let tries = 0;
    await change(async (tx) => {
      await everything(tx);
      if (++tries < 3) throw Object.assign(new Error('could not serialize access'), { code: '40001' });
    });
    expect(tries).toBe(3);
    expect(await state()).toMatchObject({ rows: 1, audit: (before.audit ?? 0) + 1, events: before.events + 1 });
  });

  it('is given up after some tries', async () => {
    let tries = 0;
    const hopeless = change(async () => {
      tries++;
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    await expect(hopeless).rejects.toThrow('deadlock');
    expect(tries).toBe(4);
  });
});
