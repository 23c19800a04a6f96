import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from './index.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

const settings = (segmentBytes: number) =>
  ({ dir, name: 'captures', durability: 'process', segmentBytes, maxPendingBytes: 1e7 }) as const;

/** Appends without pause from four sides and prints each record once it is acknowledged. */
const writer = (segmentBytes: number, stopWhenRefused: boolean) => `
  import { writeSync } from 'node:fs';
  import { openJournal } from '#platform/journal';
  let segment = 0;
  const newSegmentId = () => 'seg_' + process.pid + '_' + String(segment++).padStart(6, '0');
  const journal = await openJournal({ ...${JSON.stringify(settings(segmentBytes))}, newSegmentId });
  let next = 0;
  let refused = 0;
  async function side() {
    while (refused < 20) {
      const record = JSON.stringify({ n: next++, filling: 'x'.repeat(next % 700) });
      const { written } = await journal.append([record]);
      if (written === 1) writeSync(1, record + '\\n');
      else if (${stopWhenRefused}) refused++;
    }
  }
  await Promise.all([side(), side(), side(), side()]);
  process.kill(process.pid, 'SIGKILL');`;

function run(script: string, limitBlocks?: number) {
  const limit = limitBlocks === undefined ? '' : `ulimit -f ${limitBlocks}; `;
  const command = `${limit}exec "$0" --input-type=module-typescript -e "$1"`;
  return spawn('/bin/sh', ['-c', command, process.execPath, script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function recoveredLines(): Promise<string[]> {
  const journal = await openJournal({ ...settings(1e6), newSegmentId: () => 'seg_z' });
  const lines: string[] = [];
  await journal.drain(async ({ path }) => {
    lines.push(...(await readFile(path, 'utf8')).split('\n').slice(0, -1));
  });
  await journal.close();
  return lines;
}

function expectOnceEach(acknowledged: string[], recovered: string[]): void {
  expect(new Set(recovered).size).toBe(recovered.length);
  const kept = new Set(recovered);
  expect(acknowledged.filter((record) => !kept.has(record))).toEqual([]);
  for (const line of recovered) expect(() => JSON.parse(line)).not.toThrow();
}

it.each([50, 150, 400])(
  'keeps every acknowledged record once when the process is killed after %i ms',
  async (afterMs) => {
    const child = run(writer(50_000, false));
    const output = text(child.stdout);
    await once(child.stdout, 'readable');
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
    const acknowledged = (await output).split('\n').slice(0, -1);
    const recovered = await recoveredLines();
    expect(acknowledged.length).toBeGreaterThan(20);
    expectOnceEach(acknowledged, recovered);
    // At most the four that were on their way may be there without an acknowledgement.
    expect(recovered.length - acknowledged.length).toBeLessThanOrEqual(4);
  },
);

it('leaves no part of a batch behind when the disk refuses the rest of it', async () => {
  // A limit on the size of files makes writes stop short and then fail, as a full disk does.
  const child = run(writer(1e9, true), 100);
  const acknowledged = (await text(child.stdout)).split('\n').slice(0, -1);
  const recovered = await recoveredLines();
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(new Set(recovered)).toEqual(new Set(acknowledged));
  expectOnceEach(acknowledged, recovered);
});
