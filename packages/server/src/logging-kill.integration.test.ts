import { afterEach, describe, expect, it } from 'vitest';
import { idOfHex } from '#platform/ids';
import { aPostgresSchema, testDatabases } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';

const base = '/api/2.0/mlflow';
const clients = 8;
/** Each request logs this many points of `loss`, one after the other, and a parameter named after its number. */
const pointsEach = 5;

describe.each(testDatabases.filter((kind) => kind !== 'pglite'))(
  'runs on %s that are logged to when a kill comes',
  (kind) => {
    const dirs: ReturnType<typeof aDataDir>[] = [];
    const running: ServerProcess[] = [];
    afterEach(async () => {
      for (const server of running.splice(0)) await server.stop();
      for (const dir of dirs.splice(0)) dir.remove();
    });
    const aPlace = async () => {
      const dir = aDataDir();
      dirs.push(dir);
      const where = { dataDir: dir.path, ...(kind === 'postgres' ? { databaseUrl: await aPostgresSchema() } : {}) };
      return async (options: ProcessOptions = {}) => {
        const server = await aProcess({ ...where, ...options });
        running.push(server);
        return server;
      };
    };
    const post = async (server: ServerProcess, path: string, body: object) => {
      const { status, body: answer } = await server.send('POST', base + path, body);
      expect(status).toBe(200);
      return answer as Record<string, object>;
    };
    const batch = (run: string, count: number) => ({
      run_id: run,
      metrics: Array.from({ length: pointsEach }, (_, index) => {
        const step = count * pointsEach + index;
        return { key: 'loss', value: step, timestamp: 1000 + step, step };
      }),
      params: [{ key: `p-${count}`, value: 'x' }],
    });

    it.each(['change.before-commit:25', 'change.after-commit:25'] as const)(
      'at %s keep what was acknowledged, each request wholly or not at all, and go on',
      async (failurePoint) => {
        const start = await aPlace();
        const first = await start({ failurePoint });
        const { experiment_id } = await post(first, '/experiments/create', { name: 'e' });
        const runs = await Promise.all(
          Array.from({ length: clients / 2 }, async () => {
            const { run } = await post(first, '/runs/create', { experiment_id });
            return (run as { info: { run_id: string } }).info.run_id;
          }),
        );
        // Two clients a run, so that requests of one run share transactions, too.
        const acknowledged = runs.map((): number[] => []);
        await Promise.all(
          Array.from({ length: clients }, async (_, client) => {
            const index = client % runs.length;
            for (let count = client < runs.length ? 0 : 1; ; count += 2) {
              const answer = await first
                .send('POST', `${base}/runs/log-batch`, batch(runs[index] as string, count))
                .catch(() => null);
              if (answer === null) return;
              expect(answer.status).toBe(200);
              acknowledged[index]?.push(count);
            }
          }),
        );
        expect(await first.ended).toBe('SIGKILL');
        expect(acknowledged.flat().length).toBeGreaterThan(clients);

        const second = await start();
        for (const [index, run] of runs.entries()) {
          const read = async () => {
            const { body } = await second.send('GET', `/api/v1/projects/default/runs/${idOfHex('run', run)}`);
            const { metrics, parameters } = body as { metrics: Record<string, { points: number }>; parameters: object };
            const history = await second.send('GET', `${base}/metrics/get-history?run_id=${run}&metric_key=loss`);
            const points = (history.body as { metrics?: { step: number }[] }).metrics ?? [];
            return { counted: metrics['loss']?.points ?? 0, points, parameters: Object.keys(parameters) };
          };
          const before = await read();
          expect(before.points).toHaveLength(before.counted);
          const kept = before.parameters.map((name) => Number(name.slice(2)));
          expect(new Set(before.points.map(({ step }) => Math.floor(step / pointsEach)))).toEqual(new Set(kept));
          expect(before.points).toHaveLength(kept.length * pointsEach);
          expect(kept).toEqual(expect.arrayContaining(acknowledged[index] as number[]));
          // All of it once more, as clients do that had no answer, and something new.
          const last = Math.max(...kept, ...(acknowledged[index] as number[])) + 1;
          for (let count = 0; count <= last; count++) await post(second, '/runs/log-batch', batch(run, count));
          const after = await read();
          expect([after.counted, after.points.length]).toEqual([(last + 1) * pointsEach, (last + 1) * pointsEach]);
        }
      },
    );
  },
);
