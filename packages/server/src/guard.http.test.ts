import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { aServer, type TestServer, testPassword } from './testing/server.ts';

describe('a server on loopback', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await aServer({ config: { '--public-hosts': 'ml.example.org' } });
  });
  afterAll(() => server.close());

  const me = async (headers: Record<string, string>, from: 'asOwner' | 'inject' = 'asOwner') => {
    const reply = await server[from]({ url: '/api/v1/me', headers });
    return reply.statusCode === 200 ? (reply.json() as { via: string }).via : (reply.json() as { code: string }).code;
  };

  it('takes its owner for what he is, by every name of this machine', async () => {
    for (const host of ['127.0.0.1:7117', 'localhost:7117', 'localhost', '[::1]:7117', 'LOCALHOST:7117', '127.0.0.2'])
      expect(await me({ host }), host).toBe('loopback');
    expect(await me({ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:7117' })).toBe('loopback');
    expect(await me({ 'sec-fetch-site': 'none' })).toBe('loopback');
  });

  it('answers to no other host name: a page may have pointed its own at this machine', async () => {
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      '127.evil.example',
      'localhost.evil.example:7117',
      '192.0.2.7',
    ])
      expect(await me({ host }), host).toBe('HOST_REFUSED');
  });

  it('refuses what other pages make a browser send', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example' },
      { origin: 'http://localhost:7117' },
      { origin: 'http://127.0.0.1:8080' },
      { origin: 'null' },
      { origin: 'not an address' },
    ])
      expect(await me(headers), JSON.stringify(headers)).toBe('ORIGIN_REFUSED');
  });

  it('knows no owner behind a proxy, by a public name, or from another machine', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'])
      expect(await me({ [name]: '127.0.0.1' }), name).toBe('SIGN_IN_REQUIRED');
    expect(await me({ host: 'ml.example.org' })).toBe('SIGN_IN_REQUIRED');
    expect(await me({}, 'inject')).toBe('SIGN_IN_REQUIRED');
  });

  it('takes a session from its own console only, and a token from anywhere', async () => {
    const session = await server.session('viewer');
    expect(await me(session, 'inject')).toBe('session');
    expect(await me({ ...session, origin: 'http://evil.example' }, 'inject')).toBe('ORIGIN_REFUSED');
    expect(await me({ ...session, 'sec-fetch-site': 'same-site' }, 'inject')).toBe('ORIGIN_REFUSED');
    const { authorization } = await server.token('viewer');
    expect(await me({ authorization, origin: 'http://notebook.example' }, 'inject')).toBe('token');
    const basic = Buffer.from(`anything:${authorization.slice('Bearer '.length)}`).toString('base64');
    expect(await me({ authorization: `Basic ${basic}` }, 'inject')).toBe('token');
    expect(await me({ authorization: 'Digest x' }, 'inject')).toBe('TOKEN_INVALID');
  });

  it('takes name and password with a request, but not from a browser that another page made send them', async () => {
    await server.app.platform.auth.createUser(systemActor('test'), { name: 'bob', password: testPassword }, 'test');
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const right = basic(`bob:${testPassword}`);
    expect(await me(right, 'inject')).toBe('password');
    expect(await me({ ...right, origin: 'http://evil.example' }, 'inject')).toBe('ORIGIN_REFUSED');
    expect(await me({ ...right, 'sec-fetch-site': 'cross-site' }, 'inject')).toBe('ORIGIN_REFUSED');
    for (const wrong of ['bob:wrong', `nobody:${testPassword}`, `:${testPassword}`, 'bob', 'bob:', ':', ''])
      expect(await me(basic(wrong), 'inject'), wrong).toBe('SIGN_IN_FAILED');
  });

  it('signs in from its own page only, and out again', async () => {
    await server.app.platform.auth.createUser(systemActor('test'), { name: 'ann', password: testPassword }, 'test');
    const signIn = (headers: Record<string, string>, password = testPassword) =>
      server.inject({ method: 'POST', url: '/api/v1/session', headers, payload: { name: 'ann', password } });
    expect((await signIn({ origin: 'http://evil.example' })).json()).toMatchObject({ code: 'ORIGIN_REFUSED' });
    expect((await signIn({}, 'wrong')).json()).toMatchObject({ code: 'SIGN_IN_FAILED' });
    const reply = await signIn({});
    const set = String(reply.headers['set-cookie']);
    expect(set).toMatch(/^millwright_session=mw_ses_[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const cookie = set.split(';')[0] ?? '';
    expect(await me({ cookie }, 'inject')).toBe('session');
    const out = await server.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } });
    expect([out.statusCode, String(out.headers['set-cookie'])]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect(await me({ cookie }, 'inject')).toBe('SIGN_IN_REQUIRED');
  });

  it('stops at once although somebody follows the events', async () => {
    const other = await aServer();
    const address = await other.app.listen();
    const stream = await fetch(`${address}/api/v1/projects/default/events/stream`);
    expect(stream.status).toBe(200);
    const startedAt = performance.now();
    await other.close();
    expect(performance.now() - startedAt).toBeLessThan(3000);
    await stream.body?.cancel().catch(() => undefined);
  });
});

describe('a server on any other address', () => {
  it('does not start without an admin', async () => {
    await expect(aServer({ host: '0.0.0.0' })).rejects.toThrow(/without an account/);
  });
});
