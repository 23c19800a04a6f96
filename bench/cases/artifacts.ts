import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startMlflow } from '../../interop/mlflow/mlflow-server.ts';
import * as environment from '../../scripts/environment/mlflow.mjs';
import type { Case, Figure } from '../case.ts';
import { groupUse, processUse, type Use } from '../process-use.ts';
import { startServer } from '../server-process.ts';

const rounds = 3;
const promisedShareOfCopy = 0.8;
/** `--artifact-bytes=N`; 5 GB when left out. */
const sizeBytes = Number(process.argv.find((word) => word.startsWith('--artifact-bytes='))?.split('=')[1] ?? 5e9);
/** Before the large file: what memory is held against. */
const smallBytes = Math.min(sizeBytes, 100e6);

const writeSource = (path: string, bytes: number): void => {
  const block = randomFillSync(Buffer.alloc(8 << 20));
  const file = openSync(path, 'w');
  for (let at = 0, number = 0; at < bytes; number++) {
    block.writeUInt32LE(number);
    at += writeSync(file, block, 0, Math.min(block.length, bytes - at));
  }
  fsyncSync(file);
  closeSync(file);
};

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const command = (program: string, ...argv: string[]): Promise<void> =>
  new Promise((resolve, reject) =>
    spawn(program, argv, { stdio: 'inherit' }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with code ${code}`)),
    ),
  );

const copy = (from: string, to: string): Promise<number> =>
  seconds(async () => {
    await command('cp', from, to);
    await command('sync', to);
  });

const answered = (request: http.ClientRequest): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) =>
      response.statusCode === 200 ? resolve(response) : reject(new Error(`answered ${response.statusCode}`)),
    );
  });

const sendFile = (address: string, from: string): Promise<number> =>
  seconds(async () => {
    const headers = { 'content-length': statSync(from).size };
    const request = http.request(address, { method: 'PUT', headers });
    const answer = answered(request);
    await Promise.all([pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), request), answer]);
    (await answer).resume();
  });

const fetchFile = (address: string, to: string): Promise<number> =>
  seconds(async () => {
    const response = await answered(http.get(address));
    await pipeline(response, createWriteStream(to, { highWaterMark: 4 << 20, flush: true }));
  });

interface Peer {
  name: string;
  address: string;
  use(): Use;
  stop(): Promise<void>;
}

interface Times {
  up: number[];
  down: number[];
  /** Of the processor, per direction, of the last round. */
  cpuSeconds: { up: number; down: number };
  residentAfterSmallBytes: number;
  peakBytes: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * A large file through the proxy, up and down, beside `cp` and `sync` of the same file on the same disk, and beside the real
 * `mlflow server`, in turns. The client is the same for both; its processor time is part of every transfer. Ours has the
 * file flushed to the disk before it answers, theirs has not.
 */
export const artifacts: Case = {
  name: 'artifacts',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'millwright-bench-artifacts-'));
    const [source, small, target] = ['source', 'small', 'target'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const peers: Peer[] = [];
    const prepared = await environment.ensure();
    try {
      const mine = await startServer();
      peers.push({ name: 'ours', address: mine.address, use: () => processUse(mine.pid), stop: mine.stop });
      if (prepared.ok) {
        const theirs = await startMlflow({ folder: prepared.folder });
        peers.push({
          name: 'mlflow server',
          address: theirs.address,
          use: () => groupUse(theirs.pid),
          stop: theirs.stop,
        });
      } else say(`mlflow server is left out: ${prepared.reason}`);
      say(`writing a file of ${(sizeBytes / 1e9).toFixed(1)} GB`);
      writeSource(source, sizeBytes);
      writeSource(small, smallBytes);
      const copies: number[] = [];
      const times = new Map<string, Times>();
      const at = (peer: Peer, name: string) => `${peer.address}/api/2.0/mlflow-artifacts/artifacts/bench/${name}`;
      for (const peer of peers) {
        await sendFile(at(peer, 'small'), small);
        await fetchFile(at(peer, 'small'), target);
        const { residentBytes } = peer.use();
        times.set(peer.name, {
          up: [],
          down: [],
          cpuSeconds: { up: 0, down: 0 },
          residentAfterSmallBytes: residentBytes,
          peakBytes: residentBytes,
        });
      }
      for (let round = 0; round < rounds; round++) {
        rmSync(target, { force: true });
        copies.push(await copy(source, target));
        say(`round ${round + 1}: copy ${copies.at(-1)?.toFixed(1)} s`);
        for (const peer of peers) {
          const own = times.get(peer.name) as Times;
          const watch = setInterval(() => {
            own.peakBytes = Math.max(own.peakBytes, peer.use().residentBytes);
          }, 100);
          const [name, before] = [`big-${round}`, peer.use().cpuSeconds];
          own.up.push(await sendFile(at(peer, name), source));
          const between = peer.use().cpuSeconds;
          rmSync(target, { force: true });
          own.down.push(await fetchFile(at(peer, name), target));
          own.cpuSeconds = { up: between - before, down: peer.use().cpuSeconds - between };
          clearInterval(watch);
          await fetch(at(peer, name), { method: 'DELETE' });
          say(
            `round ${round + 1}: ${peer.name} up ${own.up.at(-1)?.toFixed(1)} s, down ${own.down.at(-1)?.toFixed(1)} s`,
          );
        }
      }
      const figures: Figure[] = [];
      const rate = (of: readonly number[]): number => sizeBytes / 1e6 / median(of);
      const [us, them] = [times.get('ours') as Times, times.get('mlflow server')];
      const size = `${(sizeBytes / 1e9).toFixed(1)} GB`;
      figures.push({ name: `${size}: cp and sync`, value: rate(copies), unit: 'MB/s' });
      for (const way of ['up', 'down'] as const) {
        const name = `${size} ${way} through the proxy`;
        figures.push({
          name,
          value: rate(us[way]),
          unit: 'MB/s',
          ...(them ? { against: { name: 'mlflow server', value: rate(them[way]), kind: 'peer' } } : {}),
        });
        figures.push({
          name: `${name}, share of the copy`,
          value: rate(us[way]) / rate(copies),
          unit: '',
          against: { name: 'promised', value: promisedShareOfCopy, kind: 'at least' },
        });
        figures.push({
          name: `${name}, processor time of the server`,
          value: (us.cpuSeconds[way] / sizeBytes) * 1e9,
          unit: 's/GB',
          ...(them
            ? { against: { name: 'mlflow server', value: (them.cpuSeconds[way] / sizeBytes) * 1e9, kind: 'peer' } }
            : {}),
        });
      }
      figures.push({
        name: `${size}: most memory while it passed`,
        value: us.peakBytes / 1e6,
        unit: 'MB',
        ...(them ? { against: { name: 'mlflow server', value: them.peakBytes / 1e6, kind: 'peer' } } : {}),
      });
      figures.push({
        name: `${size}: of that, more than after ${(smallBytes / 1e6).toFixed(0)} MB`,
        value: (us.peakBytes - us.residentAfterSmallBytes) / 1e6,
        unit: 'MB',
      });
      return figures;
    } finally {
      for (const peer of peers) await peer.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
