import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInPath } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';

/** Why packages of another Debian cannot be unpacked here, or undefined. Any account may: nothing is installed. */
export async function reasonNotDebian() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'this is no Linux machine with an x86-64 processor';
  const tools = ['apt-get', 'dpkg-deb'].filter((name) => !findInPath(name));
  if (tools.length > 0) return `${tools.join(' and ')} not found`;
  return (await archiveAddress()) ? undefined : 'apt names no archive of Debian';
}

/**
 * Unpacks packages of the Debian release `suite`, and what they depend on, into `folder`: its own root, which this
 * machine's packages know nothing of. The archive, and how it is reached, are those this machine's apt is set up
 * with. `isLeftOut(name)` says what is not needed although it is named. Resolves to undefined, or to what failed.
 */
export async function unpackDebian(folder, suite, packages, isLeftOut) {
  const state = `${folder}.apt`;
  const downloads = join(state, 'downloads');
  const sources = join(state, 'sources.list');
  for (const part of ['lists/partial', 'archives/partial', 'downloads'])
    mkdirSync(join(state, part), { recursive: true });
  writeFileSync(join(state, 'status'), '');
  writeFileSync(sources, `deb ${signature()}${await archiveAddress()} ${suite} main\n`);
  const apt = (...args) => capture('apt-get', [...apart(state, sources), '-qq', ...args], { cwd: downloads });
  try {
    const updated = await apt('update');
    if (updated.code !== 0) return lastLines(updated);
    const planned = await apt('install', '--simulate', '--no-install-recommends', ...packages);
    if (planned.code !== 0) return lastLines(planned);
    const names = [...planned.stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
    const fetched = await apt('download', ...names.filter((name) => !isLeftOut(name)));
    if (fetched.code !== 0) return lastLines(fetched);
    return await unpackAll(downloads, folder);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

// Two at a time: unpacking is computing.
async function unpackAll(downloads, folder) {
  const waiting = readdirSync(downloads);
  let failure;
  const work = async () => {
    for (let name = waiting.pop(); name; name = waiting.pop()) {
      const unpacked = await capture('dpkg-deb', ['-x', join(downloads, name), folder]);
      if (unpacked.code !== 0) failure = lastLines(unpacked);
    }
  };
  await Promise.all([work(), work()]);
  return failure;
}

/** Lists, what counts as installed, and downloads of its own: this machine's apt is left alone. */
const apart = (state, sources) =>
  Object.entries({
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': state,
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

/** Where this machine's apt gets its own release from. */
async function archiveAddress() {
  if (!existsSync('/etc/os-release')) return undefined;
  const release = readFileSync('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=(\S+)/m.exec(release)?.[1];
  if (!suite || !/^ID=debian$/m.test(release)) return undefined;
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await capture('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return lines.find(([, release, component]) => release === suite && component === 'main')?.[0];
}

function signature() {
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return existsSync(keys) ? `[signed-by=${keys}] ` : '';
}

const lastLines = ({ output }) => output.trim().split('\n').slice(-5).join('\n');
