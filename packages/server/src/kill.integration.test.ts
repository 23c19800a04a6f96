import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FailurePoint } from '#platform/failure-points';
import { aPostgresSchema, testDatabases } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';

const script = join(import.meta.dirname, 'testing', 'work-server.ts');

interface Row {
  verb: string;
  resourceId: string;
}

const auditRows = async (server: ServerProcess): Promise<Row[]> =>
  ((await server.send('GET', '/api/v1/audit?limit=1000')).body as { items: Row[] }).items;
const counted = (rows: readonly Row[], verb: string, name: string): number =>
  rows.filter((row) => row.verb === verb && row.resourceId === name).length;

/** After a restart and some rest: the chain holds, the events are numbered without a gap, no job is left over. */
const expectConsistent = async (server: ServerProcess): Promise<void> => {
  await vi.waitFor(
    async () => {
      const { items } = (await server.send('GET', '/api/v1/jobs?limit=1000')).body as { items: { state: string }[] };
      expect(items.filter(({ state }) => state !== 'done')).toEqual([]);
    },
    { timeout: 60_000, interval: 200 },
  );
  expect((await server.send('GET', '/api/v1/audit/verdict')).body).toMatchObject({ intact: true, problems: [] });
  const events = (await server.send('GET', '/api/v1/projects/default/events?limit=1000')).body as {
    items: { seq: number }[];
  };
  expect(events.items.map(({ seq }) => seq)).toEqual(events.items.map((_event, index) => events.items.length - index));
};

describe.each(testDatabases.filter((kind) => kind !== 'pglite'))('a server on %s that is killed', (kind) => {
  let dir: ReturnType<typeof aDataDir>;
  let where: ProcessOptions & { dataDir: string };
  const running: ServerProcess[] = [];
  beforeEach(async () => {
    dir = aDataDir();
    where = { dataDir: dir.path, ...(kind === 'postgres' ? { databaseUrl: await aPostgresSchema() } : {}) };
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    dir.remove();
  });
  const start = async (options: ProcessOptions = {}) => {
    const server = await aProcess({ ...where, ...options });
    running.push(server);
    return server;
  };

  it.each(['migration.before-commit', 'migration.before-commit:4'] as const)(
    'at %s comes up on what it left',
    async (failurePoint) => {
      const first = await start({ failurePoint });
      expect([await first.ended, first.address]).toEqual(['SIGKILL', '']);
      const second = await start();
      expect((await second.send('GET', '/api/v1/health')).status).toBe(200);
      await expectConsistent(second);
    },
  );

  it.each(['change.before-commit:6', 'change.after-commit:6'] as const)(
    'at %s keeps all that it acknowledged, once',
    async (failurePoint) => {
      const first = await start({ failurePoint });
      const acknowledged: string[] = [];
      const sent: string[] = [];
      for (let n = 0; n < 50; n++) {
        const name = `project-${n}`;
        sent.push(name);
        const reply = await first.send('POST', '/api/v1/projects', { name }).catch(() => null);
        if (reply === null) break;
        expect(reply.status).toBe(201);
        acknowledged.push(name);
      }
      expect(await first.ended).toBe('SIGKILL');
      expect(acknowledged.length).toBeGreaterThan(2);
      const second = await start();
      await expectConsistent(second);
      const rows = await auditRows(second);
      const { items } = (await second.send('GET', '/api/v1/projects')).body as { items: { name: string }[] };
      const kept = items.map(({ name }) => name).filter((name) => name !== 'default');
      const last = failurePoint.startsWith('change.before') ? acknowledged : sent;
      expect(kept.sort()).toEqual([...last].sort());
      expect(rows.filter(({ verb }) => verb === 'project.create')).toHaveLength(kept.length + 1);
    },
  );

  // On PostgreSQL another server may hold the job: it is taken over when its lease has run out, half a minute later.
  const points: FailurePoint[] =
    kind === 'postgres'
      ? ['job.before-commit']
      : ['job.claimed', 'job.before-commit', 'job.after-commit', 'outbox.before-delivery', 'outbox.after-delivery'];
  it.each(points)('at %s does all acknowledged work, and nothing else', async (point) => {
    const first = await start({ script, failurePoint: `${point}:3` });
    const acknowledged: string[] = [];
    const sent: string[] = [];
    for (let n = 0; n < 200; n++) {
      const name = `work-${n}`;
      sent.push(name);
      const reply = await first.send('POST', `/test/work/${name}`).catch(() => null);
      if (reply === null) break;
      acknowledged.push(name);
    }
    expect(await first.ended).toBe('SIGKILL');
    const second = await start({ script });
    await expectConsistent(second);
    const rows = await auditRows(second);
    for (const name of acknowledged) {
      expect(counted(rows, 'work.accepted', name), name).toBe(1);
      expect(counted(rows, 'work.done', name), name).toBe(1);
      // At least once: who was told and died before saying so is told again.
      expect(counted(rows, 'work.delivered', name), name).toBeGreaterThanOrEqual(1);
    }
    for (const { verb, resourceId } of rows.filter((row) => row.verb.startsWith('work.'))) {
      expect(sent, verb).toContain(resourceId);
      expect(counted(rows, 'work.accepted', resourceId)).toBe(1);
      expect(counted(rows, 'work.done', resourceId)).toBe(1);
    }
    expect(rows.filter(({ verb }) => verb === 'work.delivered').length).toBeLessThanOrEqual(acknowledged.length + 6);
  });

  it('at schedule.before-commit fires the schedule once after it is back', async () => {
    const first = await start({ script, failurePoint: 'schedule.before-commit' });
    await first.send('POST', '/test/schedule').catch(() => null);
    expect(await first.ended).toBe('SIGKILL');
    const second = await start({ script });
    await vi.waitFor(async () => expect((await auditRows(second)).some(({ verb }) => verb === 'work.due')).toBe(true), {
      timeout: 20_000,
      interval: 200,
    });
    await expectConsistent(second);
    const due = (await auditRows(second)).filter(({ verb }) => verb === 'work.due').map(({ resourceId }) => resourceId);
    expect(new Set(due).size).toBe(due.length);
  });
});
