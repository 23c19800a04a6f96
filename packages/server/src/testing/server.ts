import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permission, Role } from '@millwright/contract';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { type Actor, systemActor } from '#platform/auth';
import { type Clock, systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { openReadyDatabase, type TestDatabase } from '#platform/testing';
import { type App, createApp } from '../app.ts';

export const testPassword = 'correct horse battery';

export interface TestServer {
  app: App;
  dir: string;
  /** What was logged, one JSON object per line. */
  logged: string[];
  /** A request from another machine's point of view: no owner, only what the headers say. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** A request of the machine's owner, from the console or the command line on this machine. */
  asOwner(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Headers of a new user with that role, recognised by a token. */
  token(role: Role | null, options?: TokenOptions): Promise<{ authorization: string }>;
  /** Headers of a new user with that role, recognised by the cookie of a session. */
  session(role: Role | null, options?: { project?: string | null }): Promise<{ cookie: string }>;
  close(): Promise<void>;
}

interface TokenOptions {
  /** null: the whole instance. */
  project?: string | null;
  resource?: string;
  /** Narrows the token. */
  permissions?: Permission[];
  limitedTo?: string;
}

let users = 0;

/** The whole server on a database and a folder of its own; every reply is checked against the contract. */
export const aServer = async (
  options: { database?: TestDatabase; host?: string; config?: Record<string, string | boolean>; clock?: Clock } = {},
): Promise<TestServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-server-'));
  const logged: string[] = [];
  const log = createLog({ level: 'warn', clock: systemClock, write: (line) => void logged.push(line) });
  const { config } = loadConfig({
    flags: { '--data-dir': dir, '--port': '0', ...(options.host ? { '--host': options.host } : {}), ...options.config },
    env: {},
  });
  const app = await createApp({
    config,
    log,
    database: await openReadyDatabase(options.database ?? 'sqlite', dir, log),
    checkReplies: true,
    staticDir: null,
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const { auth } = app.platform;
  const admin = systemActor('test');

  const aUser = async (role: Role | null, where: TokenOptions): Promise<Actor & { name: string }> => {
    const name = `user-${process.pid}-${++users}`;
    const user = await auth.createUser(admin, { name, password: testPassword }, 'test');
    const project = where.project === undefined ? 'default' : where.project;
    if (role !== null)
      await auth.createGrant(
        admin,
        {
          principal: user.id,
          role,
          ...(project === null ? {} : { project }),
          ...(where.resource === undefined ? {} : { resource: where.resource }),
        },
        'test',
      );
    return { id: user.id, name, kind: 'user', via: 'session', grants: [], limits: null };
  };
  // Without an address of this machine as peer there is no local owner.
  const from = (peer: string) => (request: InjectOptions) =>
    app.api.app.inject({ remoteAddress: peer, ...request, headers: { host: '127.0.0.1:7117', ...request.headers } });

  return {
    app,
    dir,
    logged,
    inject: from('192.0.2.7'),
    asOwner: from('127.0.0.1'),
    async token(role, where = {}) {
      const { secret } = await auth.createToken(
        await aUser(role, where),
        {
          name: 'test',
          ...(where.permissions ? { permissions: where.permissions } : {}),
          ...(where.limitedTo === undefined ? {} : { project: where.limitedTo }),
        },
        'test',
      );
      return { authorization: `Bearer ${secret}` };
    },
    async session(role, where = {}) {
      const { secret } = await auth.signIn((await aUser(role, where)).name, testPassword, 'test');
      return { cookie: `millwright_session=${secret}` };
    },
    async close() {
      await app.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
