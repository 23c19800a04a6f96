import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aPostgresSchema, testDatabases } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from '../testing/process.ts';

const api = '/api/v1/projects/default';
interface Version {
  id: string;
  number: number;
  digest: string | null;
  approval: { state: string };
}
interface Model {
  aliases: Record<string, { versionId: string; number: number }>;
}

describe.each(testDatabases.filter((kind) => kind !== 'pglite'))('a registry on %s that is killed', (kind) => {
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
  const start = async (options: ProcessOptions = {}): Promise<ServerProcess> => {
    const server = await aProcess({ ...where, ...options });
    running.push(server);
    return server;
  };
  /** As somebody with a token; null: the server died before it answered. */
  const call = async (server: ServerProcess, method: string, path: string, body?: object, token?: string) => {
    try {
      const response = await fetch(server.address + path, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
    } catch {
      return null;
    }
  };
  const person = async (server: ServerProcess, name: string, role: string): Promise<string> => {
    await server.send('POST', '/api/v1/service-accounts', { name });
    await server.send('POST', '/api/v1/grants', { principal: name, role, project: 'default' });
    return String(
      ((await server.send('POST', '/api/v1/tokens', { name: 't', principal: name })).body as { secret: string }).secret,
    );
  };
  const versionsOf = async (server: ServerProcess): Promise<Version[]> =>
    (
      (await server.send('GET', `${api}/models/churn/versions?limit=1000`)).body as { items: Version[] }
    ).items.reverse();
  const audit = async (server: ServerProcess): Promise<{ verb: string; resourceId: string }[]> =>
    ((await server.send('GET', '/api/v1/audit?limit=1000')).body as { items: { verb: string; resourceId: string }[] })
      .items;

  it.each(['change.before-commit', 'change.after-commit', 'job.before-commit'] as const)(
    'at %s has every version, alias and decision it acknowledged, once',
    { timeout: 180_000 },
    async (point) => {
      const first = await start({ failurePoint: `${point}:${point === 'job.before-commit' ? 5 : 33}` });
      const [ann, bob] = [await person(first, 'ann', 'editor'), await person(first, 'bob', 'approver')];
      await first.send('POST', `${api}/models`, { name: 'churn', approval: 'manual' });
      await first.send('PUT', `${api}/models/churn/contract-tests`, {
        basedOn: 0,
        tests: [{ name: 'tagged', kind: 'metadata', tags: { team: 'risk' } }],
      });
      const acknowledged = { created: 0, decided: [] as string[], alias: 0 };
      for (let n = 1; n <= 60; n++) {
        const made = await call(
          first,
          'POST',
          '/api/2.0/mlflow/model-versions/create',
          { name: 'churn', source: `s3://bucket/${n}`, tags: [{ key: 'team', value: 'risk' }] },
          ann,
        );
        if (made === null) break;
        expect(made.status).toBe(200);
        acknowledged.created = n;
        const version = (await versionsOf(first).catch(() => [])).at(-1);
        if (!version) break;
        const asked = await call(
          first,
          'POST',
          `${api}/model-versions/${version.id}/approval-requests`,
          { reason: 'go', alias: 'champion' },
          ann,
        );
        if (asked === null) break;
        const decision = { decision: 'approve', reason: 'seen', digest: null };
        let decided = await call(
          first,
          'POST',
          `${api}/approval-requests/${String(asked.body['id'])}/decisions`,
          decision,
          bob,
        );
        // Until the tests have run.
        for (let tries = 0; decided?.status === 409 && tries < 100; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          decided = await call(
            first,
            'POST',
            `${api}/approval-requests/${String(asked.body['id'])}/decisions`,
            decision,
            bob,
          );
        }
        if (decided === null) break;
        expect(decided.status, JSON.stringify(decided.body)).toBe(200);
        acknowledged.decided.push(version.id);
        acknowledged.alias = n;
      }
      expect(await first.ended).toBe('SIGKILL');
      const second = await start();
      await vi.waitFor(
        async () => {
          const { items } = (await second.send('GET', '/api/v1/jobs?limit=1000')).body as {
            items: { state: string }[];
          };
          expect(items.filter(({ state }) => state !== 'done')).toEqual([]);
        },
        { timeout: 90_000, interval: 300 },
      );
      expect((await second.send('GET', '/api/v1/audit/verdict')).body).toMatchObject({ intact: true, problems: [] });
      const versions = await versionsOf(second);
      expect(versions.map(({ number }) => number)).toEqual(versions.map((_version, at) => at + 1));
      expect([acknowledged.created, acknowledged.created + 1]).toContain(versions.length);
      const rows = await audit(second);
      const times = (verb: string, id: string) =>
        rows.filter((row) => row.verb === verb && row.resourceId === id).length;
      for (const { id, approval } of versions) {
        expect(times('model-version.create', id)).toBe(1);
        expect(times('contract-tests.finish', id)).toBe(1);
        expect(times('model-version.decide', id)).toBe(approval.state === 'approved' ? 1 : 0);
        expect(times('approval.close', id)).toBe(approval.state === 'approved' ? 1 : 0);
        if (acknowledged.decided.includes(id)) expect(approval.state).toBe('approved');
      }
      const { aliases } = (await second.send('GET', `${api}/models/churn`)).body as Model;
      const newest = versions.filter(({ approval }) => approval.state === 'approved').at(-1);
      expect(aliases['champion']?.versionId).toBe(newest?.id);
      expect([acknowledged.alias, acknowledged.alias + 1]).toContain(newest?.number ?? 0);
    },
  );
});
