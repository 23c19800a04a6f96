import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runConfined } from './confined-query.ts';

const dir = mkdtempSync(join(tmpdir(), 'millwright-confined-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const job = {
  sql: 'select count(*) from range(10000000) a, range(10000000) b where a.range + b.range < 0',
  views: [],
  files: [],
  tempDir: join(dir, 'query'),
  memoryLimitBytes: 100_000_000,
  spillLimitBytes: 100_000_000,
  threads: 1,
  output: { kind: 'rows' as const, limit: 1, maxBytes: 1000 },
};

it('ends a query that takes longer than it may, says so, and leaves nothing', async () => {
  const startedMs = performance.now();
  await expect(runConfined(job, { timeoutMs: 400 })).rejects.toMatchObject({
    code: 'QUERY_REFUSED',
    message: expect.stringContaining('It took longer than 0.4 seconds and was ended.'),
  });
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(400);
  expect(existsSync(job.tempDir)).toBe(false);
}, 60_000);
