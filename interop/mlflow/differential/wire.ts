import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** One request, written with symbols (`«run 1»`) where the two servers have ids of their own. */
export interface Step {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root, e.g. `/api/2.0/mlflow/runs/create`. */
  path: string;
  /** What it is called in reports: the route, ids left out. */
  endpoint: string;
  /** What is special about this one: `valid`, `without run_id`, `key is a list`. */
  variant: string;
  query?: readonly (readonly [string, string])[];
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  rawBody?: string;
  headers?: Record<string, string>;
  /** Something is of a type the field does not have: text for a number, a list for a text. */
  wrongType?: boolean;
  /** Fields that keep the request to what its own sequence made: never left out or changed. */
  fixed?: readonly string[];
  /** Names of symbols, and where in the answer their value is: `{ run: 'run.info.run_id' }`. */
  captures?: Record<string, string>;
}

export interface Answer {
  status: number;
  /** The media type without parameters. */
  mediaType: string;
  headers: Record<string, string>;
  /** The parsed body, when it is JSON; otherwise undefined. */
  json: unknown;
  text: string;
  /** The body said it was JSON and was not: a bare NaN or Infinity. */
  invalidJson: boolean;
}

const comparedHeaders = ['content-disposition', 'x-content-type-options', 'www-authenticate', 'content-range'];

// Whole numbers a double cannot hold are kept as their text, so that a rounding server is found out.
const exactly = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') && String(value) !== context?.source
    ? `integer ${context?.source}`
    : value;

const parse = (text: string): { json: unknown; invalidJson: boolean } => {
  try {
    return { json: JSON.parse(text, exactly), invalidJson: false };
  } catch {
    const repaired = text.replace(/(?<=[:[,]\s*)(-?Infinity|NaN)\b/g, '"$1"');
    try {
      return { json: JSON.parse(repaired, exactly), invalidJson: true };
    } catch {
      return { json: undefined, invalidJson: true };
    }
  }
};

const requestTimeoutMs = 60_000;
const agent = new Agent({ keepAlive: true });

const asciiPath = (path: string): string =>
  path.replaceAll(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));

const responseTo = (address: string, step: Step, body: string | undefined): Promise<IncomingMessage> => {
  const query = step.query?.length ? `?${new URLSearchParams(step.query.map(([name, value]) => [name, value]))}` : '';
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        hostname,
        port,
        method: step.method,
        path: asciiPath(step.path) + query,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...step.headers,
        },
        timeout: requestTimeoutMs,
      },
      resolve,
    );
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${requestTimeoutMs} ms`)));
    sent.once('error', (cause: NodeJS.ErrnoException) => {
      // The server may have closed an idle connection just as it was taken again.
      if (sent.reusedSocket && cause.code === 'ECONNRESET') resolve(responseTo(address, step, body));
      else reject(new Error(`${step.method} ${step.path} to ${address} failed`, { cause }));
    });
    sent.end(body);
  });
};

// A file that happens to be JSON is compared as it is.
const isFile = (step: Step, { statusCode = 0 }: IncomingMessage): boolean =>
  step.method === 'GET' && statusCode < 400 && /artifacts\/artifacts\/|get-artifact/.test(step.path);

/** Sends a request whose symbols are already replaced. Not by fetch, which would tidy a path like `a/../b`. */
export const send = async (address: string, step: Step): Promise<Answer> => {
  const body = step.rawBody ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
  const response = await responseTo(address, step, body);
  const received = await text(response);
  const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  return {
    status: response.statusCode ?? 0,
    mediaType,
    headers: Object.fromEntries(
      comparedHeaders.flatMap((name) => (response.headers[name] ? [[name, `${response.headers[name]}`]] : [])),
    ),
    text: received,
    ...(mediaType === 'application/json' && !isFile(step, response)
      ? parse(received)
      : { json: undefined, invalidJson: false }),
  };
};
