import { addressOf, type Operation, operations, type Permission, roleAllows, type Role } from '@millwright/contract';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHead } from '#platform/audit';
import { systemActor } from '#platform/auth';
import { aServer, type TestServer } from './testing/server.ts';

const anId = (prefix: string) => `${prefix}_${'0'.repeat(26)}`;
const params: Record<string, string> = {
  project: 'default',
  type: 'run',
  alias: 'champion',
  principal: 'nobody',
  pipeline: 'none',
  revision: '1',
  team: '1',
  number: '1',
};

/** A request that names things which do not exist: allowed callers get past the door and no further. */
const requestOf = (op: Operation): InjectOptions => ({
  method: op.method,
  url: addressOf(
    op,
    Object.fromEntries(
      [...op.path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => [name, params[name] ?? anId('thing')]),
    ),
  ),
  // Not JSON: whoever gets an answer about the body got past the door.
  ...(op.body ? { headers: { 'content-type': 'application/json' }, payload: '{' } : {}),
  ...(op.bodyKind === 'stream' ? { headers: { 'content-type': 'application/x-unknown' }, payload: 'x' } : {}),
});

type Expected = 'in' | 401 | 403;

interface Caller {
  name: string;
  headers: Record<string, string>;
  expected(op: Operation): Expected;
}

const byRole =
  (role: Role, where: 'default' | 'elsewhere' | 'everywhere', only?: readonly Permission[]) =>
  (op: Operation): Expected => {
    if (op.permission === 'public' || op.permission === 'signed-in') return 'in';
    const inScope = where === 'everywhere' || (where === 'default' && op.path.includes('/:project'));
    const withinLimits = only === undefined || only.includes(op.permission);
    return inScope && withinLimits && roleAllows(role, op.permission) ? 'in' : 403;
  };

describe('the access matrix', () => {
  let server: TestServer;
  const callers: Caller[] = [];

  beforeAll(async () => {
    server = await aServer();
    await server.app.platform.auth.createProject(systemActor('test'), { name: 'elsewhere' }, 'test');
    const add = (name: string, headers: Record<string, string>, expected: Caller['expected']) =>
      callers.push({ name, headers, expected });
    add('anonymous', {}, (op) => (op.permission === 'public' ? 'in' : 401));
    add('an unknown token', { authorization: 'Bearer mw_pat_unknown' }, (op) =>
      op.permission === 'public' ? 'in' : 401,
    );
    add('a user without a role', await server.token(null), (op) =>
      op.permission === 'public' || op.permission === 'signed-in' ? 'in' : 403,
    );
    for (const role of ['viewer', 'editor', 'approver', 'admin'] as const) {
      add(`${role} of the project`, await server.token(role), byRole(role, 'default'));
      add(`${role} of the project by session`, await server.session(role), byRole(role, 'default'));
      add(`${role} of another project`, await server.token(role, { project: 'elsewhere' }), byRole(role, 'elsewhere'));
      add(`${role} of the instance`, await server.token(role, { project: null }), byRole(role, 'everywhere'));
    }
    const permissions: Permission[] = ['data:read', 'run:write'];
    add(
      'a narrowed admin token',
      await server.token('admin', { project: null, permissions }),
      byRole('admin', 'everywhere', permissions),
    );
    add(
      'an admin token for this project',
      await server.token('admin', { project: null, limitedTo: 'default' }),
      byRole('admin', 'default'),
    );
    add(
      'an admin token for another project',
      await server.token('admin', { project: null, limitedTo: 'elsewhere' }),
      byRole('admin', 'elsewhere'),
    );
  });
  afterAll(() => server.close());

  // What anybody may ask: whether it is up, who may sign in, and how it is to be called.
  const open = [
    'GET /openapi.json',
    'GET /v2',
    'GET /v2/health/live',
    'GET /v2/health/ready',
    'GET /health',
    'GET /api/3.0/mlflow/server-info',
    'GET /ajax-api/3.0/mlflow/server-info',
  ];

  // Who has no address that was signed for him is refused, whoever he is.
  const signed = ['part', 'file'].map((what) => `PUT /api/2.0/mlflow-artifacts/signed/${what}`);
  signed.push('GET /api/2.0/mlflow-artifacts/signed/file');

  it('keeps every other route closed to strangers, but for a few', async () => {
    // Protocols add their routes as the server gets ready.
    await server.app.api.app.ready();
    const declared = new Set(operations.map((op) => `${op.method} /api/v1${op.path}`));
    const others = server.app.api.routes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => ({ method, url, route: `${method} ${url}` }))
      .filter(({ route }) => !declared.has(route));
    for (const route of ['GET /metrics', ...open, ...signed])
      expect(others.map((other) => other.route)).toContain(route);
    for (const { method, url, route } of others) {
      expect(url.startsWith('/api/v1'), `${route} is native but no operation`).toBe(false);
      const { statusCode } = await server.inject({
        method: method as 'GET',
        url: url.replace(/:[A-Za-z_]+/g, 'anything').replace('*', 'anything'),
      });
      expect(statusCode, route).toBe(open.includes(route) ? 200 : signed.includes(route) ? 403 : 401);
    }
  });

  it('every operation of the contract has a route', () => {
    expect(operations.filter((op) => !server.app.api.served.has(op.id)).map((op) => op.id)).toEqual([]);
  });

  it('lets every caller do exactly what the role table says, before anything of the body is read', async () => {
    const wrong: string[] = [];
    const before = await auditHead();
    for (const op of operations.filter(({ id }) => server.app.api.served.has(id))) {
      // Sign-out is allowed to everybody who is signed in, and would end the sessions of this test.
      if (op.id === 'signOut' || op.replyKind === 'events') continue;
      for (const caller of callers) {
        // A backup or an export that is allowed is made, and told of in the audit: known to be so from their own tests.
        if (['createBackup', 'exportProject'].includes(op.id) && caller.expected(op) === 'in') continue;
        const request = requestOf(op);
        const { statusCode, json, body } = await server.inject({
          ...request,
          headers: { ...request.headers, ...caller.headers },
        });
        const code = body.startsWith('{"type"') ? (json() as { code: string }).code : 'none';
        const denied = code === 'PERMISSION_DENIED' || code === 'SIGN_IN_REQUIRED' || code === 'TOKEN_INVALID';
        const got = denied ? statusCode : 'in';
        if (got !== caller.expected(op)) wrong.push(`${caller.name}: ${op.id} ${statusCode} ${code}`);
        if (statusCode >= 500) wrong.push(`${caller.name}: ${op.id} answers ${statusCode}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await auditHead()).toEqual(before);
  }, 120_000);

  it('gives the live events and the backup to those who may have them only', async () => {
    for (const id of ['streamEvents', 'followMetrics', 'createBackup'] as const) {
      const op = operations.find((known) => known.id === id) as Operation;
      for (const caller of callers.filter((known) => known.expected(op) !== 'in'))
        expect((await server.inject({ ...requestOf(op), headers: caller.headers })).statusCode, caller.name).toBe(
          caller.expected(op),
        );
    }
  });

  it('keeps the metrics for those who may read the system', async () => {
    const metrics = (headers: Record<string, string>) => server.inject({ url: '/metrics', headers });
    expect((await metrics({})).statusCode).toBe(401);
    expect((await metrics(await server.token('admin'))).statusCode).toBe(403);
    expect((await metrics(await server.token('admin', { project: null }))).statusCode).toBe(200);
  });

  it('answers a HEAD as it would answer the GET', async () => {
    expect((await server.inject({ method: 'HEAD', url: '/api/v1/audit' })).statusCode).toBe(401);
    expect((await server.asOwner({ method: 'HEAD', url: '/api/v1/audit' })).statusCode).toBe(200);
    expect((await server.asOwner({ method: 'HEAD', url: '/api/v1/audit/export' })).statusCode).toBe(405);
  });

  const auditHead = () => readHead(server.app.platform.database.db);
});

describe('a role on one resource', () => {
  it('holds by the name and by the id of every kind of resource that operations name', async () => {
    const server = await aServer();
    const { auth } = server.app.platform;
    const kinds = new Set(operations.flatMap((op) => op.resource?.type ?? []));
    // Every kind is known: what is refused is only that this one does not exist.
    const { id } = await auth.createUser(
      systemActor('test'),
      { name: 'ann', password: 'correct horse battery' },
      'test',
    );
    for (const kind of kinds)
      await expect(
        auth.createGrant(
          systemActor('test'),
          { principal: id, role: 'editor', project: 'default', resource: `${kind}/none` },
          'test',
        ),
      ).rejects.toThrow(`There is no ${kind} 'none'`);
    const made = await server.asOwner({
      method: 'POST',
      url: '/api/v1/projects/default/datasets',
      payload: { name: 'payments' },
    });
    await server.asOwner({ method: 'POST', url: '/api/v1/projects/default/datasets', payload: { name: 'others' } });
    const headers = await server.token('viewer', { resource: 'dataset/payments' });
    const read = async (ref: string) =>
      (await server.inject({ url: `/api/v1/projects/default/datasets/${ref}`, headers })).statusCode;
    expect([
      await read('payments'),
      await read((made.json() as { id: string }).id),
      await read('others'),
      await read('none'),
    ]).toEqual([200, 200, 403, 403]);
    await server.close();
  });
});
