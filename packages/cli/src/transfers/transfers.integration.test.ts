import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'millwright.mjs');
const sizeBytes = 100 << 20;

/** A line to the server that is cut each time after so many bytes in one direction, `cuts` times. */
const aBadLine = async (address: string, cuts: number, afterBytes: number) => {
  const { port } = new URL(address);
  let left = cuts;
  const server: Server = createServer((client) => {
    const upstream: Socket = connect(Number(port), '127.0.0.1');
    let passed = 0;
    const pass = (from: Socket, to: Socket) =>
      from.on('data', (chunk) => {
        passed += chunk.length;
        if (left > 0 && passed > afterBytes) {
          left -= 1;
          client.destroy();
          upstream.destroy();
          return;
        }
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    pass(client, upstream);
    pass(upstream, client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutsLeft: () => left,
    close: () => server.close(),
  };
};

describe('large files on the command line', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-transfers-'));
  const local = join(dir, 'model.bin');
  let server: ChildProcess;
  let address = '';
  let run = '';
  let digest = '';

  const start = (argv: readonly string[]): ChildProcess =>
    spawn(process.execPath, [bin, ...argv], {
      cwd: dir,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const cli = async (...argv: string[]) => {
    const child = start(argv);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [out, error, code] = await Promise.all([text(child.stdout as never), text(child.stderr as never), ended]);
    return { code, out, error };
  };
  const put = (path: string, to: string) =>
    cli('artifacts', 'put', run, '--path', path, '--file', local, '--server', to);
  const get = (path: string, output: string, from: string) =>
    cli('artifacts', 'get', run, '--path', path, '--output', join(dir, output), '--server', from);
  const digestOf = async (path: string): Promise<string> => {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return `sha256:${hash.digest('hex')}`;
  };

  beforeAll(async () => {
    const block = randomBytes(1 << 20);
    writeFileSync(local, '');
    for (let at = 0; at < sizeBytes; at += block.length) {
      block.writeUInt32LE(at / block.length);
      writeFileSync(local, block, { flag: 'a' });
    }
    digest = await digestOf(local);
    server = start(['up', '--data-dir', join(dir, 'data'), '--port', '0']);
    address = await new Promise((resolve, reject) => {
      server.stdout?.on('data', (chunk: Buffer) => {
        const ready = /ready: (\S+)/.exec(chunk.toString())?.[1];
        if (ready) resolve(ready);
      });
      server.once('exit', () => reject(new Error('the server ended')));
    });
    const post = async (path: string, body: object) =>
      (await (
        await fetch(`${address}/api/v1/projects/default/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json()) as { id: string };
    await post('experiments', { name: 'files' });
    run = (await post('runs', { experiment: 'files' })).id;
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });

  it('arrive over a line that is cut, without what had arrived being sent again', async () => {
    const line = await aBadLine(address, 3, 40 << 20);
    const sent = await put('model.bin', line.address);
    expect(sent, sent.error).toMatchObject({ code: 0 });
    expect(JSON.parse(sent.out)).toMatchObject({ digest, sizeBytes });
    // Each cut after 40 MiB lost less than a part of 16: with all of it sent again, the third would have come at the end.
    expect(sent.error.match(/interrupted/g)?.length).toBe(3 - line.cutsLeft());
    expect(3 - line.cutsLeft()).toBeGreaterThanOrEqual(2);
    line.close();
    const back = await aBadLine(address, 2, 30 << 20);
    const got = await get('model.bin', 'back.bin', back.address);
    expect(got, got.error).toMatchObject({ code: 0 });
    expect(back.cutsLeft()).toBe(0);
    back.close();
    expect(await digestOf(join(dir, 'back.bin'))).toBe(digest);
    expect(readdirSync(dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('go on in the next call where the one before was killed', async () => {
    const line = await aBadLine(address, 1000, 40 << 20);
    const child = start(['artifacts', 'put', run, '--path', 'again.bin', '--file', local, '--server', line.address]);
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGKILL');
    line.close();
    const sent = await put('again.bin', address);
    expect(sent, sent.error).toMatchObject({ code: 0, error: expect.stringMatching(/going on at \d{7,} of/) });
    expect(JSON.parse(sent.out)).toMatchObject({ digest });
  });

  it('are downloaded anew when what is there are other bytes, and not kept when they are wrong', async () => {
    const partial = join(dir, `third.bin.${digest.slice(7)}.partial`);
    writeFileSync(partial, readFileSync(local).subarray(0, 50 << 20));
    expect(await get('model.bin', 'third.bin', address)).toMatchObject({
      code: 0,
      error: expect.stringContaining(`going on at ${50 << 20} bytes`),
    });
    expect(await digestOf(join(dir, 'third.bin'))).toBe(digest);
    writeFileSync(partial, randomBytes(1000));
    const damaged = await get('model.bin', 'third.bin', address);
    expect(damaged).toMatchObject({ code: 1, error: expect.stringContaining('Try again') });
    expect(await digestOf(join(dir, 'third.bin'))).toBe(digest);
    const other = join(dir, `fourth.bin.${'0'.repeat(64)}.partial`);
    writeFileSync(other, randomBytes(1000));
    expect(await get('model.bin', 'fourth.bin', address)).toMatchObject({ code: 0 });
    expect(await digestOf(join(dir, 'fourth.bin'))).toBe(digest);
    expect(readdirSync(dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('are taken again from the beginning when the file has changed in between', async () => {
    const line = await aBadLine(address, 1000, 40 << 20);
    const child = start(['artifacts', 'put', run, '--path', 'changed.bin', '--file', local, '--server', line.address]);
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGKILL');
    line.close();
    const bytes = readFileSync(local);
    bytes[17] = (bytes[17] ?? 0) ^ 1;
    writeFileSync(local, bytes);
    const refused = await put('changed.bin', address);
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('DATA_REFUSED') });
    const sent = await put('changed.bin', address);
    expect(JSON.parse(sent.out)).toMatchObject({ digest: await digestOf(local) });
    truncateSync(local, 1000);
    expect(statSync(local).size).toBe(1000);
    const small = await put('small.bin', address);
    expect(JSON.parse(small.out)).toMatchObject({ sizeBytes: 1000 });
    const out = await cli('artifacts', 'get', run, '--path', 'small.bin', '--server', address);
    expect(out.code).toBe(0);
    expect((await cli('artifacts', 'get', run, '--path', 'none', '--server', address)).error).toContain('NOT_FOUND');
    expect((await cli('artifacts', 'put', '--help')).out).toContain('--path PATH');
    expect((await cli('artifacts', 'put', run)).code).toBe(2);
  });
});
