import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findInPath } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { withProgress } from '../bootstrap/progress.mjs';
import { aptInstall, mayInstall } from './apt.mjs';
import { freePort } from './ports.mjs';

const install =
  'install PostgreSQL 15 or later (Debian: apt-get install postgresql), or set MILLWRIGHT_TEST_POSTGRES_URL';
const isRoot = process.getuid?.() === 0;

/**
 * Starts a private PostgreSQL on a free loopback port, its files in a temporary folder:
 * {ok, url, stop} or {ok: false, reason, install}. A server named by MILLWRIGHT_TEST_POSTGRES_URL is used as it is.
 * `durable: false`: it does not wait for the disk. Tests kill what uses it, never the machine it runs on.
 * `keptIn`: a private one in any case, in a folder that stays, with what was in it the last time.
 */
export async function ensure({ durable = true, keptIn = null } = {}) {
  const given = process.env.MILLWRIGHT_TEST_POSTGRES_URL;
  if (given && keptIn === null) return { ok: true, url: given, stop: () => {} };
  let programs = findPrograms();
  let failure = '';
  if (!programs && mayInstall()) {
    failure = (await aptInstall('postgresql')) ?? '';
    programs = findPrograms();
  }
  if (!programs) return { ok: false, reason: `initdb and pg_ctl were not found. ${failure}`.trim(), install };
  return withProgress('starting PostgreSQL', () => start(programs, { durable, keptIn }));
}

function findPrograms() {
  const inPath = findInPath('initdb');
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((left, right) => Number(right) - Number(left)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(inPath ? [dirname(inPath)] : [])];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')));
}

// PostgreSQL refuses to run as root: the system's unprivileged account then owns the cluster and the server.
function asServerUser(command, args) {
  return isRoot ? ['runuser', ['-u', serverUser().name, '--', command, ...args]] : [command, args];
}

function serverUser() {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  return { name: account[0], uid: Number(account[2]), gid: Number(account[3]) };
}

async function start(programs, { durable, keptIn }) {
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'millwright-postgres-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  if (isRoot) chownSync(folder, serverUser().uid, serverUser().gid);
  const data = join(folder, 'data');
  const log = join(folder, 'server.log');
  const port = await freePort();
  const run = (program, args) => capture(...asServerUser(join(programs, program), args), { cwd: '/' });
  const removeFolder = () => (keptIn === null ? rmSync(folder, { recursive: true, force: true }) : undefined);

  const init = (...locale) =>
    run('initdb', ['-D', data, '-U', 'millwright', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C', ...locale]);
  // A language that orders text otherwise than by its bytes, as most servers in use have one; old versions cannot.
  if (!existsSync(data)) {
    let created = await init('--locale-provider=icu', '--icu-locale=en-US');
    if (created.code !== 0) created = await init();
    if (created.code !== 0) {
      removeFolder();
      return { ok: false, reason: `initdb failed: ${created.output.trim().slice(-1000)}`, install };
    }
  }
  const disk = durable ? '-c fsync=on' : '-c fsync=off -c full_page_writes=off';
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} ${disk} -c max_connections=200`;
  const started = await run('pg_ctl', ['start', '-D', data, '-l', log, '-w', '-t', '60', '-o', options]);
  if (started.code !== 0) {
    const reason = `the server did not start: ${existsSync(log) ? readFileSync(log, 'utf8').slice(-1000) : started.output}`;
    removeFolder();
    return { ok: false, reason, install };
  }
  const stop = () => {
    process.off('exit', stop);
    const mode = keptIn === null ? 'immediate' : 'fast';
    const [command, args] = asServerUser(join(programs, 'pg_ctl'), ['stop', '-D', data, '-m', mode, '-w']);
    spawnSync(command, args, { cwd: '/', stdio: 'ignore' });
    removeFolder();
  };
  process.once('exit', stop);
  return { ok: true, url: `postgres://millwright@127.0.0.1:${port}/postgres`, stop };
}
