import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { createPlatform, stopPlatform } from '#platform/core';
import { createLog } from '#platform/log';
import { aRegistry } from '../fixtures/registry.ts';
import { noData } from '../fixtures/serving.ts';
import { serving } from '../index.ts';

const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
const script = join(import.meta.dirname, '..', 'fixtures', 'crashing-process.ts');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millwright-crash-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the server until it dies; answers the ids of predictions that were acknowledged. */
const untilItDies = async (failurePoint: string, kill?: { afterIds: number }): Promise<string[]> => {
  const child = spawn(process.execPath, [script, dir, failurePoint], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (kill && text.split('\n').length > kill.afterIds) child.kill('SIGKILL');
  }
  // The last line may have been cut off.
  return text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .filter((line) => line.startsWith('prd_'));
};

/** Opens what is left, as a restarted server does, and reads every captured row. */
const capturedIds = async (): Promise<string[]> => {
  const { config } = loadConfig({ flags: { '--data-dir': dir, '--capture-flush-ms': '3600000' }, env: {} });
  const platform = await createPlatform({ config, log });
  const service = serving.create(platform, {
    registry: aRegistry(dir, platform.ids).registry,
    data: noData,
    lineage: { link: async () => undefined, registerLabels: () => undefined },
    pipelines: { registerStepKind: () => undefined },
  });
  const ctx = { actor: systemActor('test'), project: 'default', requestId: 'test' };
  await service.opened();
  await service.flushCaptured();
  const { items } = await service.listEndpoints(ctx, {});
  const endpoint = items[0];
  const rows = endpoint ? await service.readCaptured(endpoint.id, { fromRow: 0, toRow: endpoint.captured }) : null;
  if (endpoint) expect([...(rows?.rowIndex ?? [])]).toEqual(Array.from({ length: endpoint.captured }, (_, i) => i));
  await service.close();
  await stopPlatform(platform);
  return rows?.predictionId ?? [];
};

/** Everything acknowledged is there; nothing is there twice; at most the requests under way were captured and not acknowledged. */
const expectExactlyOnce = (captured: string[], acknowledged: readonly string[], deaths: number): void => {
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(new Set(captured).size).toBe(captured.length);
  const known = new Set(captured);
  expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
  // One round is under way when the process dies, and one more line of ids may be cut off.
  expect(captured.length - acknowledged.length).toBeLessThanOrEqual(deaths * 10);
};

describe('capture, when the process is killed', () => {
  it.each([
    'capture.before-commit:3',
    'capture.after-commit:2',
    'journal.half-written:40',
    'blob.before-rename:2',
    'change.before-commit:4',
  ])('at %s loses and repeats nothing', async (failurePoint) => {
    const acknowledged = await untilItDies(failurePoint);
    expectExactlyOnce(await capturedIds(), acknowledged, 1);
  });

  it('again and again, at any moment, loses and repeats nothing', async () => {
    const acknowledged: string[] = [];
    for (const afterIds of [20, 333, 700]) acknowledged.push(...(await untilItDies('', { afterIds })));
    expect(acknowledged.length).toBeGreaterThan(1000);
    expectExactlyOnce(await capturedIds(), acknowledged, 3);
  });
});
