import { expect, it } from 'vitest';
import { createLog } from '#platform/log';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { sql } from '#platform/db';
import { createApp } from './app.ts';
import { aDataDir } from './testing/process.ts';

/** Digests that name no content: those that clients give to data sets of theirs, and copies of one that is declared. */
const noContents = [
  'approval_requests.digest',
  'contract_runs.digest',
  'input_datasets.digest',
  'logged_model_metrics.dataset_digest',
  'model_versions.approval_digest',
  'unreferenced_blobs.digest',
];

it('names every column that refers to contents, so that none of them is taken for garbage', async () => {
  const dir = aDataDir();
  const { config } = loadConfig({ flags: { '--data-dir': dir.path, '--port': '0' }, env: {} });
  const log = createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) });
  const app = await createApp({ config, log, staticDir: null });
  try {
    const { rows } = await sql<{ name: string }>`
      select tables.name || '.' || columns.name as name from sqlite_master as tables, pragma_table_info(tables.name) as columns
      where tables.type = 'table' and columns.name like '%digest%'`.execute(app.platform.database.db);
    const declared = app.platform.contents.declared().map(({ table, column }) => `${table}.${column}`);
    expect([...declared, ...noContents].sort()).toEqual(rows.map(({ name }) => name).sort());
  } finally {
    await app.close();
    dir.remove();
  }
});
