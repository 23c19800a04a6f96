import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { type Actor, type Auth, localOwner, mayDo, systemActor } from './index.ts';
import * as secrets from './secrets.ts';

const password = 'correct horse battery';
const dayMs = 86_400_000;

describe.each(testDatabases)('access on %s', (database) => {
  let test: TestPlatform;
  let auth: Auth;
  const clock = aClock();
  const admin = systemActor('test');
  let made = 0;
  const endpoints = new Map<string, string>([
    ['fraud', 'end_1'],
    ['churn', 'end_2'],
  ]);
  const resolve = vi.fn(
    async (_project: string, ref: string) =>
      [...endpoints].find(([name, id]) => ref === name || ref === id)?.[1] ?? null,
  );
  beforeAll(async () => {
    test = await aPlatform({ database, clock });
    ({ auth } = test.platform);
    auth.declareResource('endpoint', resolve);
  });
  afterAll(() => test.close());

  const aUser = async (options: { admin?: boolean } = {}) => {
    const name = `user-${++made}`;
    const { id } = await auth.createUser(admin, { name, password, ...options }, 'test');
    return { id, name };
  };
  const signedIn = async (name: string): Promise<Actor> => (await auth.signIn(name, password, 'test')).actor;
  const grant = (principal: string, role: 'viewer' | 'editor' | 'admin', project?: string, resource?: string) =>
    auth.createGrant(
      admin,
      { principal, role, ...(project ? { project } : {}), ...(resource ? { resource } : {}) },
      'test',
    );

  it('begins with a session: the right password only, and an end of it', async () => {
    const { name } = await aUser();
    await expect(auth.signIn(name, 'wrong', 'test')).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    await expect(auth.signIn('nobody', password, 'test')).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    const { secret, actor } = await auth.signIn(name, password, 'test');
    expect(await auth.bySession(secret)).toMatchObject({ name, via: 'session' });
    expect(await auth.bySession(`${secret}x`)).toBe(null);
    await auth.signOut(actor, secret, 'test');
    expect(await auth.bySession(secret)).toBe(null);
    const again = await auth.signIn(name, password, 'test');
    clock.advance(7 * dayMs);
    expect(await auth.bySession(again.secret)).toBe(null);
  });

  it('slows down guessing, also of a thousand guesses at once, by name or by id, and forgives after a while', async () => {
    const { id, name } = await aUser();
    const guesses = await Promise.allSettled(
      Array.from({ length: 14 }, (_, n) => auth.signIn(n % 2 ? name : id, 'guess', 'test')),
    );
    const codes = guesses.map((guess) =>
      guess.status === 'rejected' ? (guess.reason as { code: string }).code : 'in',
    );
    expect(codes.filter((code) => code === 'SIGN_IN_FAILED')).toHaveLength(10);
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(4);
    await expect(auth.signIn(name, password, 'test')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    clock.advance(15 * 60_000);
    await expect(auth.signIn(name, password, 'test')).resolves.toBeDefined();
  });

  it('by a new password ends the sessions of the old one', async () => {
    const { name } = await aUser();
    const { secret, actor } = await auth.signIn(name, password, 'test');
    await expect(auth.setPassword(actor, 'wrong', 'another long password', 'test')).rejects.toMatchObject({
      code: 'SIGN_IN_FAILED',
    });
    await auth.setPassword(actor, password, 'another long password', 'test');
    expect(await auth.bySession(secret)).toBe(null);
    await expect(auth.signIn(name, password, 'test')).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    await auth.signIn(name, 'another long password', 'test');
  });

  it('by name and password asks the slow hash once, also of many at once, and again after some minutes', async () => {
    const { id, name } = await aUser();
    const derive = vi.spyOn(secrets, 'checkPassword');
    // More than the throttle would let pass one by one.
    const actors = await Promise.all(Array.from({ length: 30 }, () => auth.byPassword(name, password)));
    expect(actors.every((actor) => actor.id === id && actor.via === 'password')).toBe(true);
    await auth.byPassword(name, password);
    expect(derive).toHaveBeenCalledTimes(1);
    clock.advance(5 * 60_000);
    await auth.byPassword(name, password);
    expect(derive).toHaveBeenCalledTimes(2);
    derive.mockRestore();
  });

  it('by name and password ends with the password, the account, and too many guesses', async () => {
    const refused = { code: 'SIGN_IN_FAILED' };
    const { id, name } = await aUser();
    await auth.byPassword(name, password);
    await expect(auth.byPassword(name, 'wrong')).rejects.toMatchObject(refused);
    await expect(auth.byPassword('nobody', password)).rejects.toMatchObject(refused);
    await expect(auth.byPassword(name, '')).rejects.toMatchObject(refused);
    const service = await auth.createServiceAccount(admin, `service-${made}`, 'test');
    await expect(auth.byPassword(service.name, '')).rejects.toMatchObject(refused);
    await auth.setPrincipalState(admin, id, 'disabled', 'test');
    await expect(auth.byPassword(name, password)).rejects.toMatchObject(refused);
    await auth.setPrincipalState(admin, id, 'active', 'test');
    await auth.resetPassword(admin, id, 'another long password', 'test');
    await expect(auth.byPassword(name, password)).rejects.toMatchObject(refused);
    const actor = await auth.byPassword(name, 'another long password');
    await auth.setPassword(actor, 'another long password', 'a third long password', 'test');
    await expect(auth.byPassword(name, 'another long password')).rejects.toMatchObject(refused);
    await auth.byPassword(name, 'a third long password');
    const guesses = await Promise.allSettled(Array.from({ length: 14 }, (_, n) => auth.byPassword(name, `guess ${n}`)));
    const codes = guesses.map((guess) =>
      guess.status === 'rejected' ? (guess.reason as { code: string }).code : 'in',
    );
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(4);
    // Who had the right one goes on.
    await auth.byPassword(name, 'a third long password');
    await expect(auth.resetPassword(admin, service.id, 'another long password', 'test')).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('of a token never exceeds its owner, may be narrower, and ends by time, by revocation and with the account', async () => {
    const { id, name } = await aUser();
    await grant(id, 'editor', 'default');
    const owner = await signedIn(name);
    const make = async (input: Parameters<Auth['createToken']>[1]) => auth.createToken(owner, input, 'test');
    const whole = await make({ name: 'whole' });
    const narrow = await make({ name: 'narrow', permissions: ['data:read', 'access:write'] });
    const elsewhere = await make({ name: 'elsewhere', project: 'default', expiresInDays: 1 });
    const here = { project: 'default' };
    const actor = await auth.byToken(whole.secret);
    expect([
      mayDo(actor, 'data:write', here),
      mayDo(actor, 'data:write', { project: null }),
      mayDo(actor, 'model:approve', here),
    ]).toEqual([true, false, false]);
    const narrowed = await auth.byToken(narrow.secret);
    expect([
      mayDo(narrowed, 'data:read', here),
      mayDo(narrowed, 'data:write', here),
      mayDo(narrowed, 'access:write', { project: null }),
    ]).toEqual([true, false, false]);
    await expect(auth.createToken(actor, { name: 'child' }, 'test')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(auth.revokeToken(narrowed, whole.token.id, 'test')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    clock.advance(dayMs);
    await expect(auth.byToken(elsewhere.secret)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await auth.revokeToken(owner, narrow.token.id, 'test');
    await expect(auth.byToken(narrow.secret)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await auth.setPrincipalState(admin, id, 'disabled', 'test');
    await expect(auth.byToken(whole.secret)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(auth.signIn(name, password, 'test')).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    await auth.setPrincipalState(admin, id, 'active', 'test');
    expect((await auth.byToken(whole.secret)).id).toBe(id);
  });

  it('to tokens of others is for service accounts and admins only', async () => {
    const [{ name }, other] = [await aUser(), await aUser()];
    const service = await auth.createServiceAccount(admin, `service-${made}`, 'test');
    const user = await signedIn(name);
    await expect(auth.createToken(user, { name: 'x', principal: service.id }, 'test')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(auth.createToken(admin, { name: 'x', principal: other.id }, 'test')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const { secret } = await auth.createToken(localOwner, { name: 'x', principal: service.name }, 'test');
    expect(await auth.byToken(secret)).toMatchObject({ id: service.id, kind: 'service' });
  });

  it('cannot be raised by oneself, nor taken from the last admin, not even by two at once', async () => {
    const [ann, bob] = [await aUser({ admin: true }), await aUser({ admin: true })];
    await expect(
      auth.createGrant(await signedIn(ann.name), { principal: ann.name, role: 'admin' }, 'test'),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    const results = await Promise.allSettled([
      auth.setPrincipalState(admin, ann.id, 'disabled', 'test'),
      auth.setPrincipalState(admin, bob.id, 'disabled', 'test'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const left = (await auth.listGrants({ limit: 1000 })).items.filter(
      ({ role, project }) => role === 'admin' && project === null,
    );
    const alive = results[0]?.status === 'rejected' ? ann : bob;
    const last = left.find(({ principalId }) => principalId === alive.id);
    await expect(auth.deleteGrant(admin, last?.id ?? '', 'test')).rejects.toMatchObject({ code: 'CONFLICT' });
    // The machine's owner needs no account, and can make another admin at any time.
    await auth.deleteGrant(localOwner, last?.id ?? '', 'test');
    expect(await auth.hasAdmin()).toBe(false);
  });

  it('to one resource holds by its id and by its name, and for nothing else', async () => {
    for (const named of ['endpoint/fraud', 'endpoint/end_1']) {
      const { id, name } = await aUser();
      const made = await grant(id, 'editor', 'default', named);
      expect(made.resource).toBe('endpoint/end_1');
      const actor = await signedIn(name);
      const admit = (
        ref: string,
        permission: 'endpoint:write' | 'rollout:decide' = 'endpoint:write',
        project = 'default',
      ) =>
        auth.admit(actor, permission, { project, resource: { type: 'endpoint', ref } }).then(
          () => 'in',
          (error: { code: string }) => error.code,
        );
      expect(await Promise.all(['fraud', 'end_1', 'churn', 'end_2', 'none'].map((ref) => admit(ref)))).toEqual([
        'in',
        'in',
        'PERMISSION_DENIED',
        'PERMISSION_DENIED',
        'PERMISSION_DENIED',
      ]);
      expect(await admit('fraud', 'rollout:decide')).toBe('PERMISSION_DENIED');
      expect(await admit('fraud', 'endpoint:write', 'elsewhere')).toBe('PERMISSION_DENIED');
      expect((await auth.listProjects(actor, {})).items.map((project) => project.name)).toEqual(['default']);
    }
    const { id } = await aUser();
    await expect(grant(id, 'editor', 'default', 'endpoint/none')).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await expect(grant(id, 'editor', 'default', 'spaceship/one')).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
  });

  it('to one resource is one role at a time when it is set, and is taken back', async () => {
    const { id, name } = await aUser();
    const [project, resource] = ['default', 'endpoint/end_1'];
    const set = (role: 'viewer' | 'admin' | null, actor = admin) =>
      auth.setRoleOn(actor, { principal: name, project, resource: 'endpoint/fraud', role }, 'test');
    await grant(id, 'viewer', project, resource);
    const held = async () => (await auth.grantsHeld(name)).map((one) => [one.role, one.project, one.resource]);
    await set('admin');
    expect(await held()).toEqual([['admin', project, resource]]);
    await expect(set('admin', await signedIn(name))).rejects.toMatchObject({ code: 'CONFLICT' });
    await set(null);
    expect(await held()).toEqual([]);
    await expect(auth.grantsHeld('nobody')).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
  });

  it('as admin of the instance is given once and taken back, by others only', async () => {
    const [{ id, name }] = [await aUser(), await aUser({ admin: true })];
    await auth.setAdmin(admin, name, true, 'test');
    await auth.setAdmin(admin, name, true, 'test');
    expect(await auth.isAdmin(id)).toBe(true);
    expect((await signedIn(name)).grants).toHaveLength(1);
    await expect(auth.setAdmin(await signedIn(name), name, true, 'test')).rejects.toMatchObject({ code: 'CONFLICT' });
    await auth.setAdmin(admin, id, false, 'test');
    expect(await auth.isAdmin(id)).toBe(false);
  });

  it('to a whole project asks no query about the resource', async () => {
    const { id, name } = await aUser();
    await grant(id, 'editor', 'default');
    const actor = await signedIn(name);
    resolve.mockClear();
    await auth.admit(actor, 'endpoint:write', { project: 'default', resource: { type: 'endpoint', ref: 'fraud' } });
    await expect(
      auth.admit(actor, 'rollout:decide', { project: 'default', resource: { type: 'endpoint', ref: 'fraud' } }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(resolve).not.toHaveBeenCalled();
  });

  it('lists the projects a token of everybody is limited to', async () => {
    await auth.createProject(admin, { name: 'elsewhere' }, 'test');
    const { name } = await aUser({ admin: true });
    const owner = await signedIn(name);
    const names = async (actor: Actor) => (await auth.listProjects(actor, {})).items.map((project) => project.name);
    expect(await names(owner)).toEqual(['default', 'elsewhere']);
    const limited = await auth.byToken(
      (await auth.createToken(owner, { name: 'x', project: 'elsewhere' }, 'test')).secret,
    );
    expect(await names(limited)).toEqual(['elsewhere']);
    const blind = await auth.byToken(
      (await auth.createToken(owner, { name: 'x', permissions: ['data:read'] }, 'test')).secret,
    );
    expect(await names(blind)).toEqual([]);
  });
});
