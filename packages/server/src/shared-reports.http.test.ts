import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from './testing/server.ts';

const base = '/api/v1/projects/default/reports';

describe('a shared report over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await aServer({ config: { '--share-links': 'true' } });
  });
  afterAll(() => server.close());

  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    server.asOwner({ method: 'POST', url, payload, headers });
  const aCopy = async (on = server) => {
    const blocks = [{ id: 'b1', kind: 'text', markdown: '<script>alert(1)</script>' }];
    const ask = (url: string, payload: object) => on.asOwner({ method: 'POST', url, payload });
    const report = (await ask(base, { title: 'Findings', blocks })).json() as { id: string };
    const copy = (await ask(`${base}/${report.id}/copies`, {})).json() as { id: string; digest: string };
    return { links: `${base}/${report.id}/copies/${copy.id}/links`, report, copy };
  };
  const shared = (secret: string) => server.inject({ url: `/api/v1/shared/${secret}` });

  it('is read without an account, is in no index and in no cache', async () => {
    const { links, copy } = await aCopy();
    const { secret } = (await post(links, { days: 7 })).json() as { secret: string };
    const answer = await shared(secret);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-robots-tag': 'noindex, nofollow',
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.json()).toMatchObject({ digest: copy.digest, content: { title: 'Findings' } });
    expect(server.logged.join('\n')).not.toContain(secret);
  });

  it('opens nothing else: the secret is no token', async () => {
    const { links, report, copy } = await aCopy();
    const { secret } = (await post(links, {})).json() as { secret: string };
    for (const url of [base, `${base}/${report.id}`, `${base}/${report.id}/copies/${copy.id}`, '/api/v1/me'])
      for (const headers of [{}, { authorization: `Bearer ${secret}` }, { cookie: `millwright_session=${secret}` }])
        expect((await server.inject({ url, headers })).statusCode, url).toBe(401);
    for (const wrong of [`${secret}x`, secret.slice(0, -1), 'x', '..%2f..', '%00', 'a'.repeat(200)])
      expect([400, 404]).toContain((await shared(wrong)).statusCode);
  });

  it('is made by whoever may share, and by nobody else', async () => {
    const { links } = await aCopy();
    const status = async (role: 'viewer' | 'editor' | 'approver' | 'admin') =>
      (await server.inject({ method: 'POST', url: links, payload: {}, headers: await server.token(role) })).statusCode;
    expect([await status('viewer'), await status('editor'), await status('approver'), await status('admin')]).toEqual([
      403, 403, 201, 201,
    ]);
  });

  it('is read and made nowhere while the operator does not allow it', async () => {
    const closed = await aServer({});
    try {
      const { links } = await aCopy(closed);
      const refused = await closed.asOwner({ method: 'POST', url: links, payload: {} });
      expect(refused.json()).toMatchObject({ code: 'CONFLICT', detail: expect.stringContaining('--share-links') });
      expect((await closed.inject({ url: '/api/v1/shared/abc' })).statusCode).toBe(404);
    } finally {
      await closed.close();
    }
  });

  it('exports a copy as the bytes that were frozen, as an attachment', async () => {
    const { report, copy } = await aCopy();
    const url = `${base}/${report.id}/copies/${copy.id}/content`;
    const answer = await server.asOwner({ url });
    expect(answer.headers).toMatchObject({
      'content-disposition': `attachment; filename=report-${copy.id}.json`,
      'content-security-policy': "sandbox; default-src 'none'",
      etag: `"${copy.digest}"`,
    });
    const { createHash } = await import('node:crypto');
    expect(`sha256:${createHash('sha256').update(answer.rawPayload).digest('hex')}`).toBe(copy.digest);
  });
});
