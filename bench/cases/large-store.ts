import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensure } from '../../scripts/environment/postgres.mjs';
import type { Case, Figure } from '../case.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { freshDatabase } from './database.ts';
import { type Question, questions } from './large-store-questions.ts';
import { type LargeSize, metrics, postgresTarget, seedLarge, sqliteTarget } from './large-store-seed.ts';

const size: LargeSize = {
  runs: Number(process.env['MILLWRIGHT_BENCH_RUNS'] ?? 1_000_000),
  steps: Number(process.env['MILLWRIGHT_BENCH_STEPS'] ?? 10),
};
/** Where stores are kept for the next time; each is some gigabytes. Without it they are made anew and removed. */
const keptIn = process.env['MILLWRIGHT_BENCH_LARGE_DIR'];
const wanted = new RegExp(process.env['MILLWRIGHT_BENCH_LARGE_ONLY'] ?? '');
const rounds = 9;
const late = 200;
/** Of what is slow, earlier pages are taken for late ones. */
const mostMsOnTheWay = 15_000;
const pageSize = 100;
const limitMs = 150;

interface Seeded extends LargeSize {
  first: string;
  second: string;
  /** On PostgreSQL: the name of the database. */
  database: string | null;
}
interface Store extends Seeded {
  databaseUrl: string | null;
}

const inMillions = (count: number): string => `${Number((count / 1e6).toPrecision(2))} M`;
const sizeName = `${inMillions(size.runs)} runs, ${inMillions(size.runs * metrics * size.steps)} points`;

const post = async (address: string, path: string, body: object): Promise<Record<string, unknown>> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as Record<string, unknown>;
};

const flagsOf = (databaseUrl: string | null): string[] => (databaseUrl === null ? [] : ['--database-url', databaseUrl]);

const databaseAt = (server: string, name: string): string => {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
};

const nameOf = (databaseUrl: string | null): string | null =>
  databaseUrl === null ? null : new URL(databaseUrl).pathname.slice(1);

/** The store in a folder, made where it is not there in this size. `postgres`: the server its database is on. */
const seeded = async (folder: string, postgres: string | null, say: (text: string) => void): Promise<Store> => {
  const note = join(folder, 'seeded.json');
  if (existsSync(note)) {
    const known = JSON.parse(readFileSync(note, 'utf8')) as Seeded;
    const { database } = known;
    const databaseUrl = postgres === null || database === null ? null : databaseAt(postgres, database);
    if (known.runs === size.runs && known.steps === size.steps) return { ...known, databaseUrl };
    throw new Error(`${folder} holds a store of another size: remove it, or name another folder.`);
  }
  mkdirSync(folder, { recursive: true });
  const databaseUrl = postgres === null ? null : await freshDatabase(postgres);
  const server = await startServer(flagsOf(databaseUrl), { dataDir: folder });
  const create = async (name: string): Promise<string> =>
    String((await post(server.address, '/api/2.0/mlflow/experiments/create', { name }))['experiment_id']);
  const made = { ...size, database: nameOf(databaseUrl), first: await create('large'), second: await create('beside') };
  await server.stop();
  const target = databaseUrl === null ? sqliteTarget(join(folder, 'millwright.db')) : await postgresTarget(databaseUrl);
  await seedLarge(target, { first: Number(made.first), second: Number(made.second) }, size, say);
  await target.close();
  writeFileSync(note, JSON.stringify(made));
  return { ...made, databaseUrl };
};

/** The page after a cursor, the next cursor, and how long it took. */
const ask = async (
  { address }: ServerProcess,
  { first, second }: Store,
  { filter, order_by, order, across, isCount }: Question,
  cursor?: string,
): Promise<{ ms: number; next: string | undefined }> => {
  const begun = performance.now();
  const isNative = order !== undefined || isCount === true;
  if (!isNative) {
    const experiment_ids = across === undefined ? [first] : [first, second];
    const body = { experiment_ids, max_results: pageSize, filter, order_by, page_token: cursor };
    const page = await post(address, '/api/2.0/mlflow/runs/search', body);
    return { ms: performance.now() - begun, next: page['next_page_token'] as string | undefined };
  }
  const query = Object.entries({
    experiment: across === 'project' ? undefined : 'large',
    filter,
    ...(isCount ? {} : { order, limit: String(pageSize), cursor }),
  }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const response = await fetch(
    `${address}/api/v1/projects/default/runs${isCount ? '/count' : ''}?${new URLSearchParams(query)}`,
  );
  if (!response.ok) throw new Error(`${response.status} ${(await response.text()).slice(0, 300)}`);
  const page = (await response.json()) as { nextCursor?: string | null };
  return { ms: performance.now() - begun, next: page.nextCursor ?? undefined };
};

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0;

const measure = async (
  server: ServerProcess,
  store: Store,
  where: string,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const question of questions.filter(({ name }) => wanted.test(name))) {
    const name = `${where}: ${question.name}`;
    const against = { name: 'limit', value: limitMs, kind: 'at most' as const };
    const firstMs: number[] = [];
    const lateMs: number[] = [];
    let page = await ask(server, store, question);
    for (let round = 0; round < rounds; round++) firstMs.push((page = await ask(server, store, question)).ms);
    // Each page is asked for once: nothing of it was made before.
    let number = 1;
    const begun = performance.now();
    for (let isLate = false; lateMs.length < rounds && page.next !== undefined; number++) {
      isLate ||= number >= late || performance.now() - begun > mostMsOnTheWay;
      page = await ask(server, store, question, page.next);
      if (isLate || page.next === undefined) lateMs.push(page.ms);
    }
    figures.push({
      name: `${name}: ${question.isCount ? 'p95' : 'first page, p95'}`,
      value: p95(firstMs),
      unit: 'ms',
      against,
    });
    if (lateMs.length > 0)
      figures.push({ name: `${name}: page ${number}, p95`, value: p95(lateMs), unit: 'ms', against });
    say(`${name}: ${p95(firstMs).toFixed(0)} ms, page ${number}: ${p95(lateMs).toFixed(0)} ms`);
  }
  figures.push({ name: `${where}: resident memory`, value: server.residentBytes() / 1e6, unit: 'MB' });
  return figures;
};

const kinds = ['SQLite', 'PostgreSQL'] as const;

/** Of a PostgreSQL of its own, in the folder of the store, so that it is there the next time. */
const measureKind = async (kind: (typeof kinds)[number], say: (text: string) => void): Promise<Figure[]> => {
  const folder = keptIn ? join(keptIn, kind.toLowerCase()) : mkdtempSync(join(tmpdir(), 'millwright-large-'));
  let stop: () => void | Promise<void> = () => undefined;
  // The server of the database is another user.
  if (!keptIn) chmodSync(folder, 0o755);
  try {
    let url: string | null = null;
    if (kind === 'PostgreSQL') {
      const postgres = await ensure({ keptIn: join(folder, 'cluster') });
      if (!postgres.ok) {
        say(`PostgreSQL is left out: ${postgres.reason}`);
        return [];
      }
      ({ url, stop } = postgres);
    }
    const store = await seeded(folder, url, (text) => say(`${kind}: ${text}`));
    const server = await startServer(flagsOf(store.databaseUrl), { dataDir: folder });
    try {
      return await measure(server, store, `${kind}, ${sizeName}`, say);
    } finally {
      await server.stop();
    }
  } finally {
    await stop();
    if (!keptIn) rmSync(folder, { recursive: true, force: true });
  }
};

/** First pages and late ones of a store as large as a team fills in years. One client. */
export const largeStore: Case = {
  name: 'large-store',
  async run(say) {
    const figures: Figure[] = [];
    for (const kind of kinds) figures.push(...(await measureKind(kind, say)));
    return figures;
  },
};
