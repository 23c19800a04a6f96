import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { runStages } from './stage.mjs';

let lines;
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((text) => lines.push(text));
});
afterEach(() => vi.restoreAllMocks());

const stage = (name, delayMs, counts) => ({
  name,
  run: async () => {
    await sleep(delayMs);
    return { passed: 0, failed: 0, skipped: 0, output: `${name} said this`, ...counts };
  },
});

it('adds up the stages and shows them in their order, whichever ends first', async () => {
  const total = await runStages([stage('slow', 60, { passed: 2 }), stage('quick', 1, { passed: 3, skipped: 1 })], 2);
  expect(total).toEqual({ passed: 5, failed: 0, skipped: 1 });
  expect(lines.map((line) => line.split(/\s+/)[1])).toEqual(['slow', 'quick']);
});

it('shows what a failed stage printed, and goes on', async () => {
  const total = await runStages([stage('broken', 1, { failed: 1 }), stage('fine', 1, { passed: 1 })], 1);
  expect(total).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(lines[0]).toContain('broken said this');
  expect(lines[1]).not.toContain('fine said this');
});

it('counts a stage that throws as a failure', async () => {
  const total = await runStages([{ name: 'thrown', run: async () => Promise.reject(new Error('no such program')) }], 1);
  expect(total).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(lines[0]).toContain('no such program');
});
