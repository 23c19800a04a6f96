import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Platform,
  createLog,
  createPlatform,
  loadConfig,
  startPlatform,
  stopPlatform,
  systemClock,
} from '@millwright/server';
import pg from 'pg';
import { ensure } from '../../scripts/environment/postgres.mjs';

/** A platform on SQLite, and one on a PostgreSQL that is started for it. */
export const platforms = async function* (): AsyncGenerator<{ kind: string; platform: Platform }> {
  const urls: [string, string | null][] = [['SQLite', null]];
  const postgres = await ensure();
  if (postgres.ok) urls.push(['PostgreSQL', await freshDatabase(postgres.url)]);
  else process.stderr.write(`PostgreSQL is left out: ${postgres.reason} To measure it, ${postgres.install}.\n`);
  try {
    yield* each(urls);
  } finally {
    if (postgres.ok) await postgres.stop();
  }
};

export const freshDatabase = async (address: string): Promise<string> => {
  const url = new URL(address);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const name = `bench_${process.pid}_${Math.round(performance.now())}`;
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
};

const each = async function* (urls: [string, string | null][]): AsyncGenerator<{ kind: string; platform: Platform }> {
  for (const [kind, url] of urls) {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-bench-'));
    const { config } = loadConfig({
      flags: { '--data-dir': dir, ...(url === null ? {} : { '--database-url': url }) },
      env: {},
    });
    const platform = await createPlatform({
      config,
      log: createLog({ level: 'warn', clock: systemClock, write: (line) => process.stderr.write(line) }),
    });
    try {
      yield { kind, platform };
    } finally {
      await stopPlatform(platform);
      rmSync(dir, { recursive: true, force: true });
    }
  }
};
export { startPlatform };
