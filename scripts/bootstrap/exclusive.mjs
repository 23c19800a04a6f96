import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { say } from './progress.mjs';

const HEARTBEAT_MS = 2_000;
const ABANDONED_AFTER_MS = 600_000;

/**
 * Runs `work` while no other process on this machine runs work under the same folder name. The holder refreshes the
 * folder's time; one whose processes are gone, or that stopped refreshing, is taken over. `work` is given a function
 * that names a further process as holder: a program it started may outlive it when it is killed.
 */
export async function exclusively(folder, what, work) {
  mkdirSync(dirname(folder), { recursive: true });
  let told = false;
  while (!tryCreate(folder)) {
    if (isAbandoned(folder)) {
      takeOver(folder);
      continue;
    }
    if (!told) say(`waiting for another process (${ownersOf(folder)[0] ?? 'starting'}) to finish: ${what}`);
    told = true;
    await sleep(250);
  }
  const hold = (pid) => appendFileSync(join(folder, 'owners'), `${pid}\n`);
  hold(process.pid);
  const release = () => rmSync(folder, { recursive: true, force: true });
  const heartbeat = setInterval(() => utimesSync(folder, new Date(), new Date()), HEARTBEAT_MS);
  process.once('exit', release);
  try {
    return await work(hold);
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

function tryCreate(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownersOf(folder) {
  try {
    return readFileSync(join(folder, 'owners'), 'utf8').trim().split('\n').map(Number);
  } catch {
    return [];
  }
}

function isAbandoned(folder) {
  let ageMs;
  try {
    ageMs = Date.now() - statSync(folder).mtimeMs;
  } catch {
    return false;
  }
  const owners = ownersOf(folder);
  if (ageMs > ABANDONED_AFTER_MS) return true;
  return owners.length === 0 ? ageMs > 5_000 : !owners.some(isAlive);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Two waiters may both see an abandoned folder: only the one that creates the second folder may remove it, and it looks again first.
function takeOver(folder) {
  const taking = `${folder}.taking`;
  if (!tryCreate(taking)) {
    if (Date.now() - statSync(taking, { throwIfNoEntry: false })?.mtimeMs > 10_000)
      rmSync(taking, { recursive: true, force: true });
    return;
  }
  if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  rmSync(taking, { recursive: true, force: true });
}
