import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startMlflow } from '../../interop/mlflow/mlflow-server.ts';
import * as environment from '../../scripts/environment/mlflow.mjs';
import * as postgres from '../../scripts/environment/postgres.mjs';
import type { Case, Figure } from '../case.ts';
import { groupUse } from '../process-use.ts';
import { startServer } from '../server-process.ts';
import { freshDatabase } from './database.ts';
import { type Measured, readRequests, type Target, writeRequests } from './mlflow-requests.ts';
import { type SeedSize, seedMlflow, seedThroughWire } from './mlflow-seed.ts';
import type { SendOptions, Sent } from './mlflow-sender.ts';

const clients = 20;
const seconds = 4;
/** For a look: only stores of up to so many runs. */
const mostRuns = Number(process.env['MILLWRIGHT_BENCH_RUNS'] ?? Number.POSITIVE_INFINITY);
const sizes: readonly (SeedSize & { name: string })[] = [
  { name: 'small store', runs: 200, steps: 20 },
  { name: '20,000 runs, 2 M points', runs: 20_000, steps: 20 },
].filter(({ runs }) => runs <= mostRuns);

interface Peer {
  address: string;
  /** Of all its processes. */
  residentBytes(): number;
  seed(experiment: string, size: SeedSize): Promise<string>;
  stop(): Promise<void>;
}

const poster =
  (address: string) =>
  async (route: string, body: object): Promise<unknown> => {
    const ask = () =>
      fetch(`${address}/api/2.0/mlflow/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    // While a store was seeded, the peer closed the connection that was kept.
    const response = await ask().catch(ask);
    if (!response.ok) throw new Error(`${route}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    return response.json();
  };

const send = (options: SendOptions): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const sender = join(import.meta.dirname, 'mlflow-sender.ts');
    const child = spawn(process.execPath, [sender, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Sent) : reject(new Error(`the sender ended with code ${code}`)),
    );
  });

const ours = async (databaseUrl: string | undefined): Promise<Peer> => {
  const server = await startServer(databaseUrl ? ['--database-url', databaseUrl] : []);
  return { ...server, seed: (experiment, size) => seedThroughWire(poster(server.address), experiment, size) };
};

const theirs = async (folder: string, databaseUrl: string | undefined): Promise<Peer> => {
  const server = await startMlflow({
    folder,
    ...(databaseUrl ? { databaseUrl: databaseUrl.replace('postgres:', 'postgresql+psycopg2:') } : {}),
  });
  const database = databaseUrl ? { postgres: databaseUrl } : { sqlite: join(server.dataDir, 'mlflow.db') };
  return {
    ...server,
    residentBytes: () => groupUse(server.pid).residentBytes,
    seed: (experiment, size) => seedMlflow(database, experiment, size),
  };
};

const prepare = async (peer: Peer, size: SeedSize): Promise<Target> => {
  const post = poster(peer.address);
  const experiment = async (name: string): Promise<string> =>
    ((await post('experiments/create', { name })) as { experiment_id: string }).experiment_id;
  for (let index = 0; index < 50; index++) await experiment(`other-${index}`);
  const [searched, written] = [await experiment('searched'), await experiment('written')];
  const searchedRun = await peer.seed(searched, size);
  const runs = await Promise.all(
    Array.from({ length: clients }, async () => {
      const reply = (await post('runs/create', { experiment_id: written, start_time: 1 })) as {
        run: { info: { run_id: string } };
      };
      return reply.run.info.run_id;
    }),
  );
  return { searched, searchedRun, written, runs };
};

const cells: readonly (Measured & { clients: number })[] = [
  ...readRequests.map((one) => ({ ...one, clients })),
  ...readRequests.filter(({ name }) => name.endsWith('1,000')).map((one) => ({ ...one, clients: 1 })),
  ...writeRequests.map((one) => ({ ...one, clients })),
];

interface Results {
  cells: Sent[];
  residentBytes: number;
}

const measure = async (peer: Peer, size: SeedSize, say: (text: string) => void): Promise<Results> => {
  try {
    say('seeding');
    const target = await prepare(peer, size);
    const results: Sent[] = [];
    for (const cell of cells) {
      const options = { address: peer.address, name: cell.name, clients: cell.clients, target };
      await send({ ...options, seconds: 1 });
      const sent = await send({ ...options, seconds });
      say(
        `${cell.name}, ${cell.clients}: ${sent.averageMs.toFixed(1)} ms, p95 ${sent.p95Ms.toFixed(1)} ms, ${sent.requests} requests, ${sent.errors} errors`,
      );
      results.push(sent);
    }
    return { cells: results, residentBytes: peer.residentBytes() };
  } finally {
    await peer.stop();
  }
};

const figuresOf = (where: string, mine: Results, other: Results): Figure[] => {
  const beside = (value: number) => ({ name: 'mlflow server', value, kind: 'peer' as const });
  const errors = ({ cells: sent }: Results) => sent.reduce((sum, cell) => sum + cell.errors, 0);
  return [
    ...cells.flatMap((cell, index): Figure[] => {
      const [us, them] = [mine.cells[index] as Sent, other.cells[index] as Sent];
      const name = `${where}: ${cell.name}, ${cell.clients === 1 ? 'one client' : `${cell.clients} clients`}`;
      return [
        { name: `${name}, average`, value: us.averageMs, unit: 'ms', against: beside(them.averageMs) },
        { name: `${name}, p95`, value: us.p95Ms, unit: 'ms', against: beside(them.p95Ms) },
      ];
    }),
    {
      name: `${where}: requests that failed`,
      value: errors(mine),
      unit: 'requests',
      against: { name: `limit (mlflow server: ${errors(other)})`, value: 0, kind: 'at most' },
    },
    {
      name: `${where}: resident memory afterwards`,
      value: mine.residentBytes / 1e6,
      unit: 'MB',
      against: beside(other.residentBytes / 1e6),
    },
  ];
};

/** What MLflow's clients ask for most, of ours and of the real `mlflow server` with its default workers, one after the other. */
const compared = async (
  kind: string,
  newUrl: () => Promise<string | undefined>,
  say: (text: string) => void,
): Promise<Figure[] | { skipped: string }> => {
  const prepared = await environment.ensure();
  if (!prepared.ok) return { skipped: prepared.reason };
  const figures: Figure[] = [];
  for (const size of sizes) {
    const where = `${kind}, ${size.name}`;
    const mine = await measure(await ours(await newUrl()), size, (text) => say(`${where}, ours: ${text}`));
    const other = await measure(await theirs(prepared.folder, await newUrl()), size, (text) =>
      say(`${where}, mlflow server: ${text}`),
    );
    figures.push(...figuresOf(where, mine, other));
  }
  return figures;
};

export const mlflow: Case = {
  name: 'mlflow',
  run: (say) => compared('SQLite', () => Promise.resolve(undefined), say),
};

export const mlflowPostgres: Case = {
  name: 'mlflow-postgres',
  async run(say) {
    const database = await postgres.ensure();
    if (!database.ok) return { skipped: database.reason };
    try {
      return await compared('PostgreSQL', () => freshDatabase(database.url), say);
    } finally {
      await database.stop();
    }
  },
};
