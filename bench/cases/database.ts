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

/** A platform on SQLite, and on PostgreSQL where MILLWRIGHT_TEST_POSTGRES_URL names one. */
export const platforms = async function* (): AsyncGenerator<{ kind: string; platform: Platform }> {
  const urls: [string, string | null][] = [['SQLite', null]];
  const postgres = process.env['MILLWRIGHT_TEST_POSTGRES_URL'];
  if (postgres) urls.push(['PostgreSQL', postgres]);
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
