import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import * as http from 'node:http';
import { pipeline } from 'node:stream/promises';

export const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

export const command = (program: string, ...argv: string[]): Promise<void> =>
  new Promise((resolve, reject) =>
    spawn(program, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
      .once('error', reject)
      .once('exit', (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`${program} ended with ${signal ?? `code ${code}`}`)),
      ),
  );

export const hasProgram = (program: string, question: string): boolean => spawnSync(program, [question]).status === 0;

/** What a user would have: all of it on the disk when it ends. */
export interface Client {
  send(address: string, from: string): Promise<void>;
  fetch(address: string, to: string): Promise<void>;
}

export const curl: Client = {
  send: (address, from) => command('curl', '-sSf', '-T', from, address),
  async fetch(address, to) {
    await command('curl', '-sSf', '-o', to, address);
    await command('sync', to);
  },
};

const answered = (request: http.ClientRequest): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) =>
      response.statusCode === 200 ? resolve(response) : reject(new Error(`answered ${response.statusCode}`)),
    );
  });

/** Where there is no curl. Takes as much of the processor as the server does, on the same cores. */
export const nodeClient: Client = {
  async send(address, from) {
    const request = http.request(address, { method: 'PUT', headers: { 'content-length': statSync(from).size } });
    const answer = answered(request);
    await Promise.all([pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), request), answer]);
    (await answer).resume();
  },
  async fetch(address, to) {
    const response = await answered(http.get(address));
    await pipeline(response, createWriteStream(to, { highWaterMark: 4 << 20, flush: true }));
  },
};

const asked = async <T>(method: string, address: string, body?: object): Promise<T> => {
  const reply = await fetch(address, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${address} answered ${reply.status}: ${text}`);
  return JSON.parse(text) as T;
};

/** From a position on; the connection is cut where `end` is given. */
const sendFrom = async (address: string, from: string, start: number, end: number | null): Promise<void> => {
  const length = statSync(from).size - start;
  const headers = { 'content-type': 'application/octet-stream', 'content-length': length };
  const request = http.request(`${address}/content?offset=${start}`, { method: 'PUT', headers });
  const answer = answered(request);
  const bytes = createReadStream(from, { start, highWaterMark: 1 << 20, ...(end === null ? {} : { end: end - 1 }) });
  if (end === null) {
    await Promise.all([pipeline(bytes, request), answer]);
    (await answer).resume();
    return;
  }
  await pipeline(bytes, request, { end: false });
  request.destroy();
  await answer.catch(() => undefined);
};

export interface Resumed {
  /** Of the whole, both times. */
  seconds: number;
  /** What had been on its way already when the connection was cut. */
  againBytes: number;
}

/** To a run, cut at half and gone on with. Fails unless the server says the digest that was asked for. */
export const sendCut = async (server: string, run: string, from: string, digest: string): Promise<Resumed> => {
  const sizeBytes = statSync(from).size;
  const half = Math.floor(sizeBytes / 2);
  const uploads = `${server}/api/v1/projects/default/runs/${run}/uploads`;
  let againBytes = 0;
  const took = await seconds(async () => {
    const { id } = await asked<{ id: string }>('POST', uploads, { path: 'cut.bin', sizeBytes });
    const upload = `${uploads}/${id}`;
    await sendFrom(upload, from, 0, half);
    // What was on its way at the cut is still being stored: go on when nothing more comes.
    let receivedBytes = -1;
    for (let known = -2; known !== receivedBytes; ) {
      known = receivedBytes;
      ({ receivedBytes } = await asked<{ receivedBytes: number }>('GET', upload));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    againBytes = half - receivedBytes;
    await sendFrom(upload, from, receivedBytes, null);
    await asked('POST', `${upload}/complete`, { digest });
  });
  return { seconds: took, againBytes };
};

/** As `curl -C -` does it: cut at half, the rest as a range. The caller compares. */
export const fetchCut = async (address: string, to: string, sizeBytes: number): Promise<number> =>
  seconds(async () => {
    const half = Math.floor(sizeBytes / 2);
    const response = await answered(http.get(address));
    let got = 0;
    const out = createWriteStream(to);
    for await (const chunk of response) {
      const rest = (chunk as Buffer).subarray(0, half - got);
      got += rest.length;
      if (!out.write(rest)) await new Promise((resolve) => out.once('drain', resolve));
      if (got === half) break;
    }
    await new Promise<void>((resolve) => out.end(resolve));
    await command('curl', '-sSf', '-C', '-', '-o', to, address);
    await command('sync', to);
  });

export const aRun = async (server: string): Promise<string> => {
  await asked('POST', `${server}/api/v1/projects/default/experiments`, { name: 'artifacts' });
  const { id } = await asked<{ id: string }>('POST', `${server}/api/v1/projects/default/runs`, {
    experiment: 'artifacts',
  });
  return id;
};
