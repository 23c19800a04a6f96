import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startMlflow } from '../../interop/mlflow/mlflow-server.ts';
import * as environment from '../../scripts/environment/mlflow.mjs';
import type { Case, Figure } from '../case.ts';
import { groupUse, processUse, type Use } from '../process-use.ts';
import { startServer } from '../server-process.ts';
import { startNginx } from './nginx.ts';
import { aRun, type Client, command, curl, fetchCut, hasProgram, nodeClient, seconds, sendCut } from './transfers.ts';

const rounds = 3;
const promisedShareOfCopy = 0.8;
/** `--artifact-bytes=N`; 5 GB when left out. */
const sizeBytes = Number(process.argv.find((word) => word.startsWith('--artifact-bytes='))?.split('=')[1] ?? 5e9);
/** The peer takes minutes per GB: one round of less says its rate as well. `--without-peer` leaves it out. */
const peerBytes = Math.min(sizeBytes, 1e9);
const withoutPeer = process.argv.includes('--without-peer');
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

const copy = (from: string, to: string): Promise<number> =>
  seconds(async () => {
    await command('cp', from, to);
    await command('sync', to);
  });

/** What any receiver that knows the digest has to do, on the same disk. */
const copyAndHash = (from: string, to: string): Promise<number> =>
  seconds(async () => {
    await Promise.all([command('cp', from, to), command('openssl', 'dgst', '-sha256', from)]);
    await command('sync', to);
  });

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return `sha256:${hash.digest('hex')}`;
};

interface Peer {
  name: string;
  address: string;
  rounds: number;
  sizeBytes: number;
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

/** One round of one server, into its times. */
const measure = async (client: Client, peer: Peer, own: Times, source: string, target: string, round: number) => {
  const watch = setInterval(() => {
    own.peakBytes = Math.max(own.peakBytes, peer.use().residentBytes);
  }, 100);
  const [address, before] = [addressOf(peer, `big-${round}`), peer.use().cpuSeconds];
  own.up.push(await seconds(() => client.send(address, source)));
  const between = peer.use().cpuSeconds;
  rmSync(target, { force: true });
  own.down.push(await seconds(() => client.fetch(address, target)));
  own.cpuSeconds = { up: between - before, down: peer.use().cpuSeconds - between };
  clearInterval(watch);
  await fetch(address, { method: 'DELETE' });
};

const addressOf = (peer: Peer, name: string): string =>
  `${peer.address}/api/2.0/mlflow-artifacts/artifacts/bench/${name}`;

/**
 * A large file through the proxy, up and down, beside `cp` and `sync` of the same file on the same disk, and beside the real
 * `mlflow server`, in turns. The client is the same for both, curl where there is one; its processor time is part of every
 * transfer. Ours has the file flushed to the disk before it answers, theirs has not. Nor has nginx, which
 * is measured too where there is one: it says what of the copy's rate is left when a file goes through a socket at all.
 */
export const artifacts: Case = {
  name: 'artifacts',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'millwright-bench-artifacts-'));
    const at = (name: string): string => join(folder, name);
    const [source, small, target] = [at('source'), at('small'), at('target')];
    const peers: Peer[] = [];
    const prepared = withoutPeer ? { ok: false as const, reason: 'as was asked for' } : await environment.ensure();
    const client = hasProgram('curl', '--version') ? curl : nodeClient;
    const clientName = client === curl ? 'curl' : 'a client in Node';
    if (client === nodeClient)
      say('THERE IS NO CURL: the client is one in Node, which takes as long as the server does');
    try {
      const mine = await startServer();
      const us: Peer = { ...mine, name: 'ours', rounds, sizeBytes, use: () => processUse(mine.pid) };
      peers.push(us);
      if (prepared.ok) {
        const theirs = await startMlflow({ folder: prepared.folder });
        const name = `mlflow server, one round of ${(peerBytes / 1e9).toFixed(1)} GB`;
        peers.push({ ...theirs, name, rounds: 1, sizeBytes: peerBytes, use: () => groupUse(theirs.pid) });
      } else say(`mlflow server is left out: ${prepared.reason}`);
      const plain: Peer | null = hasProgram('nginx', '-v')
        ? { ...(await startNginx()), name: 'nginx', rounds, sizeBytes }
        : null;
      if (plain) peers.push(plain);
      else say('nginx is left out: it was not found');
      say(`writing a file of ${(sizeBytes / 1e9).toFixed(1)} GB`);
      writeSource(source, sizeBytes);
      writeSource(small, smallBytes);
      if (peerBytes < sizeBytes) writeSource(at('of-peer'), peerBytes);
      const copies: number[] = [];
      const hashed: number[] = [];
      const times = new Map<string, Times>();
      for (const peer of peers) {
        await client.send(addressOf(peer, 'small'), small);
        await client.fetch(addressOf(peer, 'small'), target);
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
        rmSync(target, { force: true });
        if (hasProgram('openssl', 'version')) hashed.push(await copyAndHash(source, target));
        say(
          `round ${round + 1}: copy ${copies.at(-1)?.toFixed(1)} s, with its digest ${hashed.at(-1)?.toFixed(1) ?? '?'} s`,
        );
        for (const peer of peers) {
          if (round >= peer.rounds) continue;
          const own = times.get(peer.name) as Times;
          await measure(client, peer, own, peer.sizeBytes < sizeBytes ? at('of-peer') : source, target, round);
          say(
            `round ${round + 1}: ${peer.name} up ${own.up.at(-1)?.toFixed(1)} s, down ${own.down.at(-1)?.toFixed(1)} s`,
          );
        }
      }
      const digest = await digestOf(source);
      const cut = await sendCut(us.address, await aRun(us.address), source, digest);
      say(`cut at half on the way up: ${cut.seconds.toFixed(1)} s`);
      await client.send(addressOf(us, 'cut'), source);
      rmSync(target, { force: true });
      const cutDown = client === curl ? await fetchCut(addressOf(us, 'cut'), target, sizeBytes) : null;
      if (cutDown !== null && (await digestOf(target)) !== digest)
        throw new Error('what was fetched across a cut is something else');

      const figures: Figure[] = [];
      const rate = (of: readonly number[], bytes = sizeBytes): number => bytes / 1e6 / median(of);
      const own = times.get(us.name) as Times;
      const other = peers.find((peer) => peer !== us && peer !== plain);
      const ofPlain = plain && times.get(plain.name);
      const them = other ? times.get(other.name) : undefined;
      const beside = (value: (of: Times, bytes: number) => number): Pick<Figure, 'against'> =>
        other && them ? { against: { name: other.name, value: value(them, other.sizeBytes), kind: 'peer' } } : {};
      const size = `${(sizeBytes / 1e9).toFixed(1)} GB`;
      figures.push({ name: `${size}: cp and sync`, value: rate(copies), unit: 'MB/s' });
      if (hashed.length > 0)
        figures.push({ name: `${size}: cp beside openssl's sha256, and sync`, value: rate(hashed), unit: 'MB/s' });
      for (const way of ['up', 'down'] as const) {
        const name = `${size} ${way} through the proxy`;
        figures.push({
          name: `${name}, by ${clientName}`,
          value: rate(own[way]),
          unit: 'MB/s',
          ...beside((of, bytes) => rate(of[way], bytes)),
        });
        figures.push({
          name: `${name}, share of the copy`,
          value: rate(own[way]) / rate(copies),
          unit: '',
          against: { name: 'promised', value: promisedShareOfCopy, kind: 'at least' },
        });
        if (ofPlain) {
          const against = { name: 'nginx, without digest and flush', value: rate(ofPlain[way]), kind: 'peer' as const };
          figures.push({
            name: `${name}, beside a plain server of files`,
            value: rate(own[way]),
            unit: 'MB/s',
            against,
          });
        }
        figures.push({
          name: `${name}, processor time of the server`,
          value: (own.cpuSeconds[way] / sizeBytes) * 1e9,
          unit: 's/GB',
          ...beside((of, bytes) => (of.cpuSeconds[way] / bytes) * 1e9),
        });
      }
      figures.push({
        name: `${size} up, cut at half and gone on with, digest right`,
        value: sizeBytes / 1e6 / cut.seconds,
        unit: 'MB/s',
      });
      figures.push({ name: `${size} up, cut at half: sent again`, value: cut.againBytes / 1e6, unit: 'MB' });
      if (cutDown !== null)
        figures.push({
          name: `${size} down, cut at half and gone on with, digest right`,
          value: sizeBytes / 1e6 / cutDown,
          unit: 'MB/s',
        });
      figures.push({
        name: `${size}: most memory while it passed`,
        value: own.peakBytes / 1e6,
        unit: 'MB',
        ...beside((of) => of.peakBytes / 1e6),
      });
      figures.push({
        name: `${size}: of that, more than after ${(smallBytes / 1e6).toFixed(0)} MB`,
        value: (own.peakBytes - own.residentAfterSmallBytes) / 1e6,
        unit: 'MB',
      });
      return figures;
    } finally {
      for (const peer of peers) await peer.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
