import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  MillwrightError,
  downloadVersion,
  getHealth,
  getRun,
  listRuns,
  logMetrics,
  uploadVersion,
  type Event,
} from '@millwright/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionError, createClient } from './index.ts';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

const aServer = async (answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => answer(request, Buffer.concat(chunks).toString(), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json') =>
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
const runId = 'run_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C';

describe('call', () => {
  it('sends verb, address, query, token and body of an operation', async () => {
    const seen: unknown[] = [];
    const baseUrl = await aServer((request, body, response) => {
      seen.push([request.method, request.url, request.headers.authorization, body]);
      json(response, 200, { items: [], nextCursor: null });
    });
    const client = createClient({ baseUrl: `${baseUrl}/`, token: 'mw_secret' });
    const page = await client.call(listRuns, {
      params: { project: 'main' },
      query: { filter: 'metrics.auc > 0.9', limit: 5 },
    });
    expect(page.items).toEqual([]);
    expect(seen).toEqual([
      ['GET', '/api/v1/projects/main/runs?filter=metrics.auc+%3E+0.9&limit=5', 'Bearer mw_secret', ''],
    ]);
  });
  it('answers undefined for 204 and percent-encodes parameters', async () => {
    let url = '';
    const baseUrl = await aServer((request, body, response) => {
      url = `${request.url} ${body}`;
      response.writeHead(204).end();
    });
    const reply = await createClient({ baseUrl }).call(logMetrics, {
      params: { project: 'a/../b', run: runId },
      body: { points: [{ key: 'loss', value: 1 }] },
    });
    expect(reply).toBeUndefined();
    expect(url).toBe(`/api/v1/projects/a%2F..%2Fb/runs/${runId}/metrics {"points":[{"key":"loss","value":1}]}`);
  });
  it('throws the problem a server answers, with its code and extensions', async () => {
    const problem = new MillwrightError('NOT_FOUND', 'There is no run like that', { hint: 'x' }).toProblem('req_1');
    const baseUrl = await aServer((_request, _body, response) =>
      json(response, 404, problem, 'application/problem+json'),
    );
    const error = await createClient({ baseUrl })
      .call(getRun, { params: { project: 'main', run: runId } })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MillwrightError);
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      message: 'There is no run like that',
      extra: { requestId: 'req_1', hint: 'x' },
    });
  });
  it('does not take the page of a proxy for a problem of ours', async () => {
    const baseUrl = await aServer((_request, _body, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
    await expect(createClient({ baseUrl }).call(getHealth)).rejects.toThrow('answered 502');
  });
  it('says that nobody answers', async () => {
    await expect(createClient({ baseUrl: 'http://127.0.0.1:1' }).call(getHealth)).rejects.toBeInstanceOf(
      ConnectionError,
    );
  });
  it('streams a body with its media type and a reply', async () => {
    const baseUrl = await aServer((request, body, response) => {
      if (request.method === 'POST') json(response, 201, { type: request.headers['content-type'], body });
      else response.end('bytes');
    });
    const client = createClient({ baseUrl });
    const content = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('a,b\n1,2\n'));
        controller.close();
      },
    });
    const input = { params: { project: 'main', dataset: 'cards' } };
    expect(await client.call(uploadVersion, input, { content, contentType: 'text/csv' })).toEqual({
      type: 'text/csv',
      body: 'a,b\n1,2\n',
    });
    const reply = await client.open(downloadVersion, { params: { project: 'main', version: runId } });
    expect(await reply.text()).toBe('bytes');
  });
});

describe('follow', () => {
  it('reads events, reconnects with the last id and misses nothing', async () => {
    const asked: (string | undefined)[] = [];
    const event = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify({ seq, type: 'data.version-created' })}\n\n`;
    const baseUrl = await aServer((request, _body, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked.length === 1) response.end(`: hello\n\n${event(1)}${event(2).slice(0, 9)}`);
      else response.write(event(2));
    });
    const events = await new Promise<Event[]>((resolve) => {
      const got: Event[] = [];
      const following = createClient({ baseUrl }).follow('main', {
        lastEventId: '0',
        onEvent: (one) => {
          got.push(one);
          if (got.length < 2) return;
          following.close();
          resolve(got);
        },
      });
    });
    expect(events.map((one) => one.seq)).toEqual([1, 2]);
    expect(asked).toEqual(['0', '1']);
  });
  it('ends when the server refuses', async () => {
    const problem = new MillwrightError('SIGN_IN_REQUIRED', 'Sign in').toProblem();
    const baseUrl = await aServer((_request, _body, response) =>
      json(response, 401, problem, 'application/problem+json'),
    );
    const error = await new Promise<MillwrightError>((resolve) => {
      createClient({ baseUrl }).follow('main', { onEvent: () => undefined, onRefused: resolve });
    });
    expect(error.code).toBe('SIGN_IN_REQUIRED');
  });
});

describe('followMetrics', () => {
  it('goes on at the place of every metric after a lost connection, and stops at the end', async () => {
    const asked: unknown[] = [];
    const message = (key: string, step: number) => {
      const points = [{ step, at: step, value: step }];
      const update = { runId, key, total: step, replaces: false, sampled: false, points, cursor: `${key}${step}` };
      return `event: metrics\ndata: ${JSON.stringify({ updates: [update], isCurrent: true })}\n\n`;
    };
    const baseUrl = await aServer((_request, body, response) => {
      asked.push(JSON.parse(body));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked.length === 1) response.end(message('loss', 1) + message('auc', 1) + message('loss', 2));
      else response.end(`${message('loss', 3)}event: ended\ndata: {}\n\n`);
    });
    const got: string[] = [];
    const states: string[] = [];
    await new Promise<void>((resolve) => {
      createClient({ baseUrl }).followMetrics('main', {
        runs: [runId],
        keys: ['loss', 'auc'],
        onUpdates: (updates) => got.push(...updates.map(({ cursor }) => cursor)),
        onState: (state) => void (states.push(state), state === 'closed' && resolve()),
      });
    });
    expect(got).toEqual(['loss1', 'auc1', 'loss2', 'loss3']);
    const wanted = { runs: [runId], keys: ['loss', 'auc'] };
    expect(asked).toEqual([
      { ...wanted, from: [] },
      {
        ...wanted,
        from: [
          { runId, key: 'loss', cursor: 'loss2' },
          { runId, key: 'auc', cursor: 'auc1' },
        ],
      },
    ]);
    expect(states.at(-1)).toBe('closed');
  });
});
