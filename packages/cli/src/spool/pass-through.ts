import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Core } from './core.ts';
import type { Forwarder } from './forward.ts';
import { unavailable } from './refusal.ts';

const settleWithinMs = 20_000;
const idleMs = 110_000;

/** About this connection, not about the request. */
const hopByHop = new Set(
  'connection keep-alive transfer-encoding upgrade te trailer host content-length expect'.split(' '),
);

const endToEnd = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      hopByHop.has(name) || name.startsWith('proxy-') || value === undefined
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

export const awayText = (url: string): string =>
  `The server ${url} cannot be reached. What is logged to runs is kept and forwarded when it is back; this request has to wait until then.`;

const isJson = (type: string | undefined): boolean => type?.startsWith('application/json') ?? false;

/**
 * Hands a request to the server and its answer back, once all that was queued before it has been forwarded: who reads
 * sees what was written. Errors: Refusal 503 where the server is away or the queue does not get shorter.
 */
export const passThrough = async (
  { target, ids }: Core,
  forwarder: Forwarder,
  request: IncomingMessage,
  /** What was read of its body already; null: nothing, it is handed on as it comes. */
  body: string | null,
  response: ServerResponse,
): Promise<void> => {
  const path = request.url ?? '/';
  const subjects = ids.mentioned(`${path} ${body ?? ''}`);
  if (!target.isWorthAsking()) unavailable(awayText(target.url));
  const isReading = /\/mlflow/.test(path);
  if (isReading && !(await forwarder.settled(subjects.length > 0 ? subjects : null, settleWithinMs)))
    unavailable(
      target.isWorthAsking()
        ? 'What was logged before this request is still being forwarded. Try again.'
        : awayText(target.url),
    );
  const [sentPath, sentBody] = [ids.toServer(path), ids.toServer(body ?? '')];
  const [unknown] = [...sentPath.unknown, ...sentBody.unknown];
  if (unknown !== undefined) unavailable(`The server did not take ${unknown}. millwright spool status says why.`);
  const headers = endToEnd(request.headers);
  const length = request.headers['content-length'];
  const hasStream = body === null && request.method !== 'GET' && request.method !== 'HEAD';
  const reply = await target
    .open({
      method: request.method ?? 'GET',
      path: sentPath.text,
      headers: { ...headers, ...(hasStream && length !== undefined ? { 'content-length': length } : {}) },
      ...(hasStream ? { body: request } : body === null ? {} : { body: sentBody.text }),
      idleMs,
    })
    .catch(() => unavailable(awayText(target.url)));
  const answered = endToEnd(reply.headers);
  if (isJson(reply.headers['content-type']) && reply.headers['content-encoding'] === undefined) {
    const text = ids.fromServer(await readText(reply));
    response.writeHead(reply.statusCode ?? 502, { ...answered, 'content-length': Buffer.byteLength(text) });
    response.end(text);
    return;
  }
  const size = reply.headers['content-length'];
  response.writeHead(reply.statusCode ?? 502, {
    ...answered,
    ...(size === undefined ? {} : { 'content-length': size }),
  });
  await pipeline(reply, response);
};
