// Adds to package-lock.json the optional platform packages that npm left out.
//
// npm omits an optional dependency from the lock file when the registry it was generated against does not offer that
// platform's build; `npm ci` then refuses the lock file as out of sync. Their exact versions stand in the parent's
// manifest, so the missing entries are written from there (without a checksum, which only the registry could give).
// Run it after `npm install`; with --check it changes nothing and exits 1 when an entry is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'sunos', 'aix', 'netbsd', 'openbsd'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** Entries for the optional dependencies that `lock` names but does not hold, by their place in node_modules. */
export function missingEntries(lock) {
  const missing = {};
  for (const [place, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (isHeld(lock, place, name)) continue;
      const words = name.split('/').at(-1).split('-');
      missing[`node_modules/${name}`] = {
        version,
        ...field('cpu', PROCESSORS, words),
        ...(parent.dev ? { dev: true } : {}),
        ...field('libc', ['musl'], words),
        ...(words.some((word) => word.startsWith('gnu')) ? { libc: ['glibc'] } : {}),
        optional: true,
        ...field('os', SYSTEMS, words),
      };
    }
  }
  return missing;
}

function isHeld(lock, place, name) {
  for (let folder = place; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (lock.packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (!folder.includes('/node_modules/')) return Boolean(lock.packages[`node_modules/${name}`]);
  }
}

function field(key, known, words) {
  const found = known.filter((word) => words.includes(word));
  return found.length === 0 ? {} : { [key]: found };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingEntries(lock);
  const count = Object.keys(missing).length;
  if (process.argv.includes('--check')) {
    if (count > 0)
      console.error(`package-lock.json lacks ${count} platform packages: run node scripts/complete-lock.mjs`);
    process.exitCode = count > 0 ? 1 : 0;
  } else {
    const byPlace = ([left], [right]) => left.localeCompare(right, 'en');
    lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...missing }).toSorted(byPlace));
    writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`package-lock.json: ${count} platform packages added`);
  }
}
