import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case, Figure } from '../case.ts';
import { startServer } from '../server-process.ts';

const runs = Number(process.env['MILLWRIGHT_BENCH_RUNS'] ?? 1_000_000);
const metrics = 5;
const steps = Number(process.env['MILLWRIGHT_BENCH_STEPS'] ?? 10);
const inMillions = (count: number): string => `${Number((count / 1e6).toPrecision(2))} M`;
const size = `${inMillions(runs)} runs, ${inMillions(runs * metrics * steps)} points`;
const startedAtMs = 1_600_000_000_000;
const repeats = 7;

/** Written straight into the tables: runs with five metrics of ten points, four parameters and two tags each. */
const seed = (file: string, say: (text: string) => void): void => {
  const connection = new DatabaseSync(file);
  connection.exec('pragma synchronous = off; pragma cache_size = -262144');
  const { number: experiment } = connection.prepare("select number from experiments where name = 'large'").get() as {
    number: number;
  };
  const count = (name: string, size: number) =>
    `${name}(n) as materialized (select 0 union all select n + 1 from ${name} where n + 1 < ${size})`;
  const value = '((r.n * 7919 + m.n * 31 + 104729) % 1000003) / 1000003.0';
  // As identifiers are: 26 digits of base 32, of which the first is at most 7.
  const id = "'run_01K' || printf('%023d', r.n)";
  const statements: [string, string][] = [
    [
      'runs',
      `insert into runs (number, id, hex, project, experiment, name, status, started_at, ended_at, owner, user_id, note)
       with recursive ${count('r', runs)} select 1000 + r.n, ${id}, printf('%032x', r.n), 'default', ${experiment}, 'run-' || r.n,
         case r.n % 50 when 0 then 'failed' else 'finished' end, ${startedAtMs} + r.n * 1000, ${startedAtMs} + r.n * 1000 + 900, '', '', '' from r`,
    ],
    [
      'parameters',
      `insert into run_parameters (run, experiment, key, value, number_value)
       with recursive ${count('r', runs)}, ${count('p', 4)} select 1000 + r.n, ${experiment}, 'p' || p.n, (r.n * 31 + p.n) % 40, (r.n * 31 + p.n) % 40 from r cross join p`,
    ],
    [
      'tags',
      `insert into run_tags (run, experiment, key, value)
       with recursive ${count('r', runs)}, ${count('t', 2)} select 1000 + r.n, ${experiment}, 't' || t.n, 'value-' || (r.n % (10 + t.n)) from r cross join t`,
    ],
    [
      'metrics',
      `insert into run_metrics (series, run, experiment, key, points, last_value, last_step, last_at, min_value, max_value)
       with recursive ${count('r', runs)}, ${count('m', metrics)} select 1000000 + r.n * ${metrics} + m.n, 1000 + r.n, ${experiment}, 'm' || m.n, ${steps},
         ${value}, ${steps - 1}, ${startedAtMs} + r.n, 0, 1 from r cross join m`,
    ],
    [
      'points',
      `insert into metric_points (series, at, step, value, special)
       with recursive ${count('s', runs * metrics)}, ${count('k', steps)} select 1000000 + s.n, ${startedAtMs} + k.n, k.n, (s.n * 31 + k.n) % 997, 0 from s cross join k`,
    ],
  ];
  for (const [name, statement] of statements) {
    say(`writing ${name}`);
    connection.exec(`begin; ${statement}; commit`);
  }
  connection.exec('pragma wal_checkpoint(truncate)');
  connection.close();
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** First pages and late ones of a store as large as a team fills in years. One client. */
export const largeStore: Case = {
  name: 'large-store',
  async run(say) {
    const dataDir = mkdtempSync(join(tmpdir(), 'millwright-large-'));
    try {
      const first = await startServer([], { dataDir });
      const made = await fetch(`${first.address}/api/2.0/mlflow/experiments/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'large' }),
      });
      const { experiment_id } = (await made.json()) as { experiment_id: string };
      await first.stop();
      seed(join(dataDir, 'millwright.db'), say);
      const server = await startServer([], { dataDir });
      const search = async (body: object): Promise<{ ms: number; next: string | undefined; runs: number }> => {
        const begun = performance.now();
        const response = await fetch(`${server.address}/api/2.0/mlflow/runs/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ experiment_ids: [experiment_id], max_results: 100, ...body }),
        });
        if (!response.ok) throw new Error(`${response.status} ${(await response.text()).slice(0, 300)}`);
        const page = (await response.json()) as { next_page_token?: string; runs?: object[] };
        return { ms: performance.now() - begun, next: page.next_page_token, runs: page.runs?.length ?? 0 };
      };
      const figures: Figure[] = [];
      const orders = [
        {},
        { order_by: ['metrics.m0 DESC'] },
        { order_by: ['params.p1 ASC'] },
        { order_by: ['attributes.run_name ASC'] },
      ];
      const filters = [
        {},
        { filter: 'metrics.m1 > 0.9' },
        { filter: "metrics.m1 > 0.5 AND params.p1 = '3'" },
        { filter: "attributes.status = 'FAILED' AND tags.t1 = 'value-3'" },
        { filter: 'metrics.m2 > 0.99999' },
      ];
      for (const order of orders)
        for (const filter of filters) {
          const asked = { ...order, ...filter };
          const name = `${(Object.values(filter)[0] as string | undefined) ?? 'all'}, ${(Object.values(order)[0] as string[] | undefined)?.[0] ?? 'newest first'}`;
          say(name);
          const pages: number[][] = [[], []];
          for (let round = 0; round < repeats; round++) {
            let { ms, next } = await search(asked);
            pages[0]?.push(ms);
            // The eleventh page, or the last there is.
            for (let page = 0; page < 10 && next !== undefined; page++)
              ({ ms, next } = await search({ ...asked, page_token: next }));
            pages[1]?.push(ms);
          }
          figures.push(
            {
              name: `${size}: ${name}: first page of 100`,
              value: median(pages[0] ?? []),
              unit: 'ms',
              against: { name: 'limit', value: 150, kind: 'at most' },
            },
            { name: `${size}: ${name}: eleventh page`, value: median(pages[1] ?? []), unit: 'ms' },
          );
        }
      figures.push({ name: `${size}: resident memory`, value: server.residentBytes() / 1e6, unit: 'MB' });
      await server.stop();
      return figures;
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};
