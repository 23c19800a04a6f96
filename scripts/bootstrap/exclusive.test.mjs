import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exclusively } from './exclusive.mjs';

let home;
let folder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millwright-exclusive-'));
  folder = join(home, 'work.lock');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('runs one piece of work after the other', async () => {
  const steps = [];
  const work = (name) => async () => {
    steps.push(`${name} starts`);
    await sleep(50);
    steps.push(`${name} ends`);
  };
  await Promise.all([exclusively(folder, 'a test', work('first')), exclusively(folder, 'a test', work('second'))]);
  expect(steps).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
});

it('frees the folder when the work fails', async () => {
  await expect(exclusively(folder, 'a test', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(folder)).toBe(false);
});

it('takes over from a process that is gone', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'owners'), `${spawnSync(process.execPath, ['--version']).pid}\n`);
  expect(await exclusively(folder, 'a test', async () => 'done')).toBe('done');
});

it('waits while a program started by a killed holder still runs', async () => {
  mkdirSync(folder);
  const gone = spawnSync(process.execPath, ['--version']).pid;
  writeFileSync(join(folder, 'owners'), `${gone}\n${process.pid}\n`);
  let finished = false;
  const work = exclusively(folder, 'a test', async () => {
    finished = true;
  });
  await sleep(600);
  expect(finished).toBe(false);
  rmSync(folder, { recursive: true });
  await work;
  expect(finished).toBe(true);
});
