import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { aFraudModel } from '../fixtures/models.ts';
import { aPayment, aServing } from '../fixtures/serving.ts';
import type { ServingTables } from '../tables.ts';
import { deleteMerged } from './merge.ts';
import { findCaptured, readCaptured } from './read.ts';
import { RecentRows } from './recent-rows.ts';

describe.each(testDatabases)('captured parts on %s', (database) => {
  let test: Awaited<ReturnType<typeof aServing>>;
  beforeAll(async () => {
    test = await aServing({ database, jobs: true });
  });
  afterAll(() => test.close());

  const parts = () =>
    test.platform.database.db.withTables<ServingTables>().selectFrom('captured_parts').selectAll().execute();

  it('are merged into one with the same rows, whose files are deleted later', async () => {
    const { service, ctx, platform, models } = test;
    models.add('payments', aFraudModel(100));
    const endpoint = await service.createEndpoint(ctx, { name: 'payments', model: 'payments' });
    const { database: db, blobs, tables } = platform;
    const files = { database: db, blobs, tables, recent: new RecentRows(0) };
    const all = { fromRow: 0, toRow: 100 };
    for (let flush = 0; flush < 7; flush++) {
      for (let row = 0; row <= flush; row++)
        await service.predict(ctx, 'payments', aPayment(row === 1 ? null : flush * 10 + row, flush % 2 ? 'DE' : 'FR'));
      await service.flushCaptured();
    }
    const before = await parts();
    expect(before).toHaveLength(7);
    const rowsBefore = await readCaptured(files, endpoint.id, all);
    await service.predict(ctx, 'payments', aPayment(null));
    await service.flushCaptured();
    await platform.jobs.idle();
    const after = await parts();
    expect(after).toHaveLength(1);
    const rows = await readCaptured(files, endpoint.id, all);
    expect(rows.rows).toBe(29);
    expect(rows).toEqual(await service.readCaptured(endpoint.id, all));
    expect(rows.predictionId.slice(0, 28)).toEqual(rowsBefore.predictionId);
    expect(await readCaptured(files, endpoint.id, { fromRow: 0, toRow: 28 })).toEqual(rowsBefore);
    // Who had read up to a row in the middle of what is one part now finds those before it, and only those.
    for (const [fromRow, toRow] of [
      [0, 28],
      [3, 10],
      [0, 29],
    ] as const) {
      const found = await findCaptured(files, endpoint.id, { fromRow, toRow, predictionIds: rows.predictionId });
      expect(found.predictionId.toSorted()).toEqual(rows.predictionId.slice(fromRow, toRow).toSorted());
    }
    for (const { digest } of before) expect(await blobs.has(digest)).toBe(true);
    await deleteMerged(
      platform,
      [...before, ...after].map(({ digest }) => digest),
    );
    for (const { digest } of before) expect(await blobs.has(digest)).toBe(false);
    expect(await blobs.has(after[0]!.digest)).toBe(true);
  });
});
