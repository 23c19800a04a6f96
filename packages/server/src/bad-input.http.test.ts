import { addressOf, apiPrefix, errorTable, type Operation, operations } from '@millwright/contract';
import type { InjectOptions } from 'fastify';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHead } from '#platform/audit';
import { badNames, oddButAccepted, propertiesOf, refusedBy, sampleOf, withProperty } from './testing/bad-values.ts';
import { aServer, type TestServer } from './testing/server.ts';
import { testStorages } from './testing/storages.ts';

const answerWithinMs = 5000;
const takes = (schema: TSchema, value: unknown): boolean => Value.Check(schema, value);
/** As an address says it: everything is text there. */
const takesText = (schema: TSchema, text: string): boolean =>
  text !== '%00' && takes(schema, Value.Convert(schema, text));
const json = { 'content-type': 'application/json' };

describe.each(testStorages())('bad input on $name', ({ database, config }) => {
  let server: TestServer;
  let served: Operation[];
  beforeAll(async () => {
    server = await aServer({ database, config });
    served = operations.filter((op) => server.app.api.served.has(op.id));
  });
  afterAll(() => server.close());

  const paramsOf = (op: Operation): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(op.params?.properties ?? {}).map(([name, schema]) => [
        name,
        name === 'project' ? 'default' : sampleOf(schema),
      ]),
    );
  const post = (op: Operation, body: unknown): InjectOptions => ({
    method: op.method,
    url: addressOf(op, paramsOf(op)),
    headers: json,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });

  /** What is wrong with the answer, or null: a 4xx (or, where nothing was wrong, a success) with a stable code. */
  const complaint = async (request: InjectOptions, accept: 'refusal' | 'no failure'): Promise<string | null> => {
    const startedAt = performance.now();
    const reply = await server.asOwner(request);
    const tookMs = performance.now() - startedAt;
    const about = `${request.method} ${String(request.url).slice(0, 160)} ${String(request.payload ?? '').slice(0, 160)}: ${reply.statusCode} ${reply.body.slice(0, 200)}`;
    if (tookMs > answerWithinMs) return `took ${tookMs} ms: ${about}`;
    if (reply.statusCode >= 500) return about;
    if (reply.statusCode < 400) return accept === 'refusal' ? about : null;
    const { code } = reply.json() as { code: string };
    const isProblem =
      String(reply.headers['content-type']).startsWith('application/problem+json') && code in errorTable;
    return isProblem ? null : about;
  };

  /** Sends all, and expects that every one was refused and nothing was changed. */
  const expectRefused = async (requests: InjectOptions[]) => {
    expect(requests.length).toBeGreaterThan(0);
    const { db } = server.app.platform.database;
    const before = await readHead(db);
    const wrong: string[] = [];
    for (const request of requests) {
      const found = await complaint(request, 'refusal');
      if (found !== null) wrong.push(found);
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(await readHead(db)).toEqual(before);
  };

  it('refuses bodies that are no JSON, or JSON of another kind', async () => {
    const texts = [
      '',
      '{',
      '{"name":',
      '[1,2',
      'null',
      'true',
      '7',
      '"text"',
      '[]',
      'NaN',
      '{"a":NaN}',
      '{"a":1e999',
      '\0',
    ];
    const bodies = served.filter((op) => op.body);
    await expectRefused(bodies.flatMap((op) => texts.map((text) => post(op, text))));
  });

  it('refuses unknown and prototype properties', async () => {
    const bodies = served.filter(
      (op) => (op.body as { additionalProperties?: unknown } | undefined)?.additionalProperties === false,
    );
    await expectRefused(
      bodies.flatMap((op) => {
        const sample = JSON.stringify(sampleOf(op.body as TSchema)).slice(0, -1);
        const comma = sample === '{' ? '' : ',';
        return ['"unknown":1', '"__proto__":{"admin":true}', '"constructor":{"prototype":{"admin":true}}'].map(
          (extra) => post(op, `${sample}${comma}${extra}}`),
        );
      }),
    );
  });

  it('refuses every property of the wrong kind, too long, too large or with a path in it', async () => {
    const requests = served.flatMap((op) =>
      op.body === undefined
        ? []
        : propertiesOf(op.body).flatMap(({ path, schema }) =>
            refusedBy(schema).map((value) => post(op, withProperty(sampleOf(op.body as TSchema), path, value))),
          ),
    );
    await expectRefused(requests);
  }, 120_000);

  it('refuses numbers beyond a double, NUL characters and halves of characters wherever they stand', async () => {
    const bodies = served.filter((op) => op.body);
    const numbers = ['1e999', '-1e999', '9'.repeat(400), '{"deep":[{"x":1e400}]}'];
    const values = [...numbers, '"a\\u0000b"', '{"a\\u0000":1}', '"a\\ud83d"', '{"\\uDE42\\ud83d":1}'];
    await expectRefused(
      bodies.flatMap((op) =>
        propertiesOf(op.body as TSchema).flatMap(({ path }) =>
          values.map((value) => {
            const body = JSON.stringify(withProperty(sampleOf(op.body as TSchema), path, '@@'));
            return post(op, body.replace('"@@"', value));
          }),
        ),
      ),
    );
  }, 120_000);

  it('refuses a text of ten megabytes: 413 above the limit, a clear refusal below it', async () => {
    const bodies = served.filter((op) => op.body);
    const over = 'x'.repeat(10_000_000);
    for (const op of bodies.slice(0, 5)) {
      const reply = await server.asOwner(post(op, `{"name":"${over}"}`));
      expect([reply.statusCode, reply.json().code]).toEqual([413, 'BODY_TOO_LARGE']);
    }
    const under = 'x'.repeat(7_000_000);
    await expectRefused(
      bodies.flatMap((op) => {
        const text = propertiesOf(op.body as TSchema).find(({ schema }) => !takes(schema, under));
        return text ? [post(op, withProperty(sampleOf(op.body as TSchema), text.path, under))] : [];
      }),
    );
  }, 120_000);

  it('refuses unknown and malformed query parameters', async () => {
    const values = ['', 'NaN', '-1', '1e999', '9'.repeat(400), '../..', '%00', 'x'.repeat(3000), '[object Object]'];
    await expectRefused(
      served
        // Streams and state-changing operations without a body would do their work if nothing were wrong with them.
        .filter((op) => op.id !== 'createBackup' && op.id !== 'signOut')
        .flatMap((op) => {
          const url = addressOf(op, paramsOf(op));
          const known = Object.entries(op.query?.properties ?? {}).flatMap(([name, schema]) =>
            values
              .filter((value) => !takesText(schema, value))
              .map((value) => `${url}?${name}=${value === '%00' ? value : encodeURIComponent(value)}`),
          );
          const unknown = [`${url}?unknown=1`, `${url}?__proto__=1`, `${url}?constructor=1`];
          const body = op.body ? { headers: json, payload: JSON.stringify(sampleOf(op.body)) } : {};
          const stream =
            op.bodyKind === 'stream' ? { headers: { 'content-type': op.consumes?.[0] ?? '' }, payload: 'x' } : {};
          return [...known, ...unknown].map((address) => ({ method: op.method, url: address, ...body, ...stream }));
        }),
    );
  }, 120_000);

  it('refuses every trick in a path, encoded once, twice or not at all', async () => {
    const encodings: ((text: string) => string)[] = [
      (text) => encodeURIComponent(text.toWellFormed()),
      (text) => encodeURIComponent(encodeURIComponent(text.toWellFormed())),
      (text) => text.toWellFormed().replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c)),
    ];
    const raw = ['%', '%zz', '%c0%ae%c0%ae', '%2e%2e', '%00', '%ff', '..;', '%2f', '%5c..%5c'];
    await expectRefused(
      served
        // The lineage of something unknown is a graph of one node: nothing is looked up by the name.
        .filter((op) => op.id !== 'createBackup' && op.id !== 'getLineage' && op.params !== undefined)
        .flatMap((op) => {
          const good = paramsOf(op);
          return Object.keys(op.params?.properties ?? {}).flatMap((name) => {
            const tricks = [...badNames.flatMap((text) => encodings.map((encode) => encode(text))), ...raw];
            const body = op.body ? { headers: json, payload: JSON.stringify(sampleOf(op.body)) } : {};
            return (
              tricks
                // Dot segments, fragments and queries are resolved by the client (and by HTTP): they name another route.
                .filter((trick) => trick !== '' && !/^\.{1,2}$|^[./]|[#?]|^a\/\/?b$/.test(trick))
                .map((trick) => ({
                  method: op.method,
                  url:
                    apiPrefix +
                    op.path.replace(/:([A-Za-z]+)/g, (_all, key: string) => (key === name ? trick : String(good[key]))),
                  ...body,
                }))
            );
          });
        }),
    );
  }, 180_000);

  it('never fails on texts that are odd but allowed', async () => {
    const wrong: string[] = [];
    for (const op of served) {
      if (op.body === undefined || op.id === 'signIn') continue;
      for (const { path, schema } of propertiesOf(op.body))
        for (const value of oddButAccepted(schema)) {
          const found = await complaint(post(op, withProperty(sampleOf(op.body), path, value)), 'no failure');
          if (found !== null) wrong.push(found);
        }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  }, 120_000);

  it('says which verbs a route has, that a route is none, and which media types it takes', async () => {
    const patch = await server.asOwner({ method: 'PATCH', url: '/api/v1/projects' });
    expect([patch.statusCode, patch.json().code, patch.headers.allow]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'GET, POST',
    ]);
    for (const url of ['/api/v1/nothing', '/api/v2', '//api/v1/me', '/api/v1/../../etc/passwd'])
      expect([(await server.asOwner({ url })).statusCode, url]).toEqual([404, url]);
    for (const op of served.filter(({ body, bodyKind }) => body ?? bodyKind)) {
      const reply = await server.asOwner({
        method: op.method,
        url: addressOf(op, paramsOf(op)),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a=1',
      });
      expect([reply.statusCode, reply.json().code, op.id]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED', op.id]);
    }
  });
});
