import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from '../../../testing/server.ts';
import { createNamings } from './resources.ts';

/** Reads that are sent as POST: they may be long. */
const readsByPost = [
  'experiments/search',
  'experiments/search-datasets',
  'runs/search',
  'logged-models/search',
  'registered-models/get-latest-versions',
  'artifacts/presigned-download-url',
];
/** Of which everybody may ask about themselves; of others only admins are answered. */
const aboutOneself = [
  'users/get',
  'users/current',
  'users/current/permissions',
  'users/permissions/get',
  'users/permissions/list',
  'users/roles/list',
  'users/update-password',
  'workspaces',
];
/** Accounts, and who is told of what happens, are matters of admins, also to read. */
const adminsOnly =
  /^(users\/(?!get$|current(\/permissions)?$|update-password$|permissions\/(get|list)$|roles\/list$)|roles\/|(experiments|registered-models)\/permissions\/|webhooks)/;

describe('access to the interface of MLflow', () => {
  let server: TestServer;
  let routes: { method: string; url: string; path: string }[];
  beforeAll(async () => {
    server = await aServer();
    await server.app.api.app.ready();
    routes = server.app.api.routes
      .filter(
        ({ method, url }) => method !== 'HEAD' && /^\/((ajax-)?api\/[23]\.0|version|get-artifact)(\/|$)/.test(url),
      )
      // They ask for a signature, whoever sends it: see the test of files.
      .filter(({ url }) => !url.includes('/signed/'))
      .map((route) => ({ ...route, path: route.url.replace(/^\/(ajax-)?api\/[23]\.0\/(mlflow\/)?/, '') }));
  });
  afterAll(() => server.close());

  const statusOf = async (method: string, url: string, headers: Record<string, string>) => {
    const { statusCode } = await server.inject({
      method: method as 'GET',
      url: url.replace(/:[A-Za-z_]+/g, 'default').replace('*', 'anything'),
      headers: { ...headers, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
      ...(method === 'GET' ? {} : { payload: '{}' }),
    });
    return statusCode;
  };
  const isRead = ({ method, path }: { method: string; path: string }) =>
    method === 'GET' || (method === 'POST' && readsByPost.includes(path));
  /** A method that the route does not have. */
  const isNone = (status: number) => status === 405;

  it('is there: routes of every area, twice each', () => {
    for (const path of ['experiments/create', 'runs/log-batch', 'model-versions/create', 'users/create', 'workspaces'])
      expect(routes.filter((route) => route.path === path && route.method === 'POST')).toHaveLength(2);
    for (const path of readsByPost)
      expect(
        routes.some((route) => route.path === path && route.method === 'POST'),
        path,
      ).toBe(true);
  });

  it('is refused to strangers, but for what the server can', async () => {
    for (const { method, url, path } of routes) {
      const status = await statusOf(method, url, {});
      expect(status, `${method} ${url}`).toBe(method === 'GET' && path === 'server-info' ? 200 : 401);
    }
  });

  it('lets viewers read everything but what admins see, and change nothing', async () => {
    const viewer = await server.token('viewer');
    for (const route of routes) {
      const status = await statusOf(route.method, route.url, viewer);
      const name = `${route.method} ${route.url}`;
      if (isNone(status)) continue;
      const isAllowed =
        !adminsOnly.test(route.path) &&
        (isRead(route) || (route.method === 'PATCH' && aboutOneself.includes(route.path)));
      if (isAllowed) expect([401, 403, 500], name).not.toContain(status);
      else expect(status, name).toBe(403);
    }
  });

  it('lets editors change what is in their project, but nothing of what admins do', async () => {
    const editor = await server.token('editor');
    for (const route of routes.filter((one) => !isRead(one) && !aboutOneself.slice(0, -1).includes(one.path))) {
      const status = await statusOf(route.method, route.url, editor);
      const name = `${route.method} ${route.url}`;
      if (isNone(status)) continue;
      const isOfAdmins = adminsOnly.test(route.path) || route.path.startsWith('workspaces');
      if (isOfAdmins) expect(status, name).toBe(403);
      else expect([401, 403, 500], name).not.toContain(status);
    }
  });

  it('tells whoever has no role nothing but who they are', async () => {
    const nobody = await server.token(null);
    for (const route of routes) {
      const status = await statusOf(route.method, route.url, nobody);
      const isAnswered =
        ['/version', 'server-info', ...aboutOneself].includes(route.path) &&
        (isRead(route) || route.method === 'PATCH');
      if (isNone(status) || isAnswered) continue;
      expect(status, `${route.method} ${route.url}`).toBe(403);
    }
    const reply = await server.inject({ url: '/api/3.0/mlflow/workspaces', headers: nobody });
    expect(reply.json()).toEqual({});
  });

  it('depends on single resources at routes that are there only', () => {
    const paths = new Set(routes.map(({ path }) => `/${path}`));
    for (const path of createNamings({} as never, {} as never).byPath.keys()) expect(paths, path).toContain(path);
  });
});
