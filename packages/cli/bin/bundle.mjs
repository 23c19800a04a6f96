import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', '..');
const dist = join(packages, 'cli', 'dist');

/** The command line in a few files, as `npm start` puts it together (scripts/bootstrap/server.mjs). */
export const bundle = join(dist, 'main.mjs');
export const stampPath = join(dist, 'sources');

/** How many files there are and when the last of them was changed: cheaper to ask for at every start than a digest. */
export const ageOfSources = () => {
  let files = 0;
  let newestMs = 0;
  const note = (path) => {
    files += 1;
    newestMs = Math.max(newestMs, statSync(path).mtimeMs);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (!entry.name.endsWith('.test.ts')) note(path);
    }
  };
  for (const name of ['cli', 'contract', 'sdk', 'server', 'stats']) walk(join(packages, name, 'src'));
  note(join(packages, '..', 'package-lock.json'));
  return `${files} ${newestMs}`;
};

/** Whether the bundle was made of the sources as they are. */
export const isFresh = () =>
  existsSync(bundle) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === ageOfSources();
