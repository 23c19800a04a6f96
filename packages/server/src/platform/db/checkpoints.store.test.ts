import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLog } from '#platform/log';
import { systemClock } from '#platform/clock';
import { openDatabase, sql } from './index.ts';

const log = createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) });

describe('the write-ahead log of SQLite', () => {
  it('does not grow for as long as somebody writes, and loses nothing when it begins anew', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    const file = join(dir, 'millwright.db');
    const database = openDatabase({ url: null, file, log });
    await sql`create table rows (number integer primary key, text text)`.execute(database.db);
    const text = 'x'.repeat(100_000);
    let written = 0;
    let largest = 0;
    // Ten times what the log may hold before it begins anew.
    while (written < 3500) {
      await database.transaction(async (tx) => {
        for (let row = 0; row < 5; row++) await sql`insert into rows values (${++written}, ${text})`.execute(tx);
      });
      largest = Math.max(largest, statSync(`${file}-wal`).size);
    }
    expect(largest).toBeLessThan(300_000_000);
    expect(statSync(file).size).toBeGreaterThan(written * text.length * 0.5);
    await database.close();
    const again = openDatabase({ url: null, file, log });
    const { rows } = await sql<{ count: number }>`select count(*) as count from rows`.execute(again.db);
    expect(rows[0]?.count).toBe(written);
    await again.close();
    rmSync(dir, { recursive: true, force: true });
  });
});
