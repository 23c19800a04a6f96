import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Experiment, Run } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackExport } from '#analysis';
import { testDatabases } from '#platform/testing';
import { type AnImport, anImport } from '../../import/fixtures/an-import.ts';

const base = '/api/v1/projects/default';
const firstExperiment = '/api/2.0/mlflow/experiments/get?experiment_id=0';

// Exporting reads the database from another process, which one within this process cannot be.
describe.each(testDatabases.filter((kind) => kind !== 'pglite'))(
  'what was exported as Parquet, imported on %s',
  (database) => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-parquet-'));
    let there: AnImport;
    let here: AnImport;

    const send = async (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
      const reply = await there.server.asOwner({ method, url: `${base}/${path}`, ...(payload ? { payload } : {}) });
      expect(reply.statusCode, reply.body).toBeLessThan(300);
      return reply.body === '' ? {} : JSON.parse(reply.body);
    };
    const exportTo = async (name: string, files: boolean): Promise<string> => {
      const reply = await there.server.asOwner({ method: 'GET', url: `${base}/export?files=${files}` });
      expect(reply.statusCode).toBe(200);
      await unpackExport(Readable.from([reply.rawPayload]), join(dir, name));
      return join(dir, name);
    };
    /** Without what this server decides by itself. */
    const same = ({ owner: _owner, experimentId: _experiment, experimentNumber: _number, ...run }: Run) => run;

    beforeAll(async () => {
      [there, here] = await Promise.all([anImport(database), anImport(database)]);
      await send('POST', 'experiments', { name: 'fraud', description: 'who **pays**' });
      // Made when a client of MLflow comes first.
      await there.server.asOwner({ method: 'GET', url: firstExperiment });
      const parent: Run = await send('POST', 'runs', { experiment: 'fraud', name: 'sweep', tags: { team: 'risk ä' } });
      const body = {
        experiment: 'fraud',
        name: 'trial',
        parentRunId: parent.id,
        parameters: { lr: '0.10', opt: "a'b" },
      };
      const trial: Run = await send('POST', 'runs', body);
      const points = [
        ...Array.from({ length: 25_000 }, (_none, step) => ({
          key: 'loss',
          value: 1 / (step + 1),
          step,
          at: 5000 + step,
        })),
        { key: 'loss', value: 'NaN', step: -3, at: 1 },
        { key: 'odd', value: '-Infinity', step: 0, at: 2 },
        { key: 'exact', value: 0.1 + 0.2, step: 9_007_199_254_740_991, at: 3 },
      ];
      for (let from = 0; from < points.length; from += 1000)
        await send('POST', `runs/${trial.id}/metrics`, { points: points.slice(from, from + 1000) });
      await send('PATCH', `runs/${trial.id}`, { status: 'failed', note: 'out of memory' });
      const put = await there.server.asOwner({
        method: 'PUT',
        url: `${base}/runs/${trial.id}/artifacts?path=${encodeURIComponent('plots/ä.txt')}`,
        payload: Buffer.from('content'),
        headers: { 'content-type': 'application/octet-stream' },
      });
      expect(put.statusCode, put.body).toBeLessThan(300);
      const gone: Run = await send('POST', 'runs', { experiment: 'fraud', name: 'gone' });
      await send('DELETE', `runs/${gone.id}`);
    });
    afterAll(async () => {
      await Promise.all([there.close(), here.close()]);
      rmSync(dir, { recursive: true, force: true });
    });

    it('is the same: runs with their ids, parents, parameters, tags, points, files and the trash', async () => {
      const { counts, problems } = await here.bring('parquet', await exportTo('whole', true));
      expect(problems).toEqual([]);
      expect(counts).toMatchObject({ experiments: 1, runs: 3, points: 25_003, files: 1 });
      const [before, after] = [await there.runs(), await here.runs()];
      expect(Object.keys(after).sort()).toEqual(['gone', 'sweep', 'trial']);
      for (const [name, run] of Object.entries(before)) {
        const { deletedAt: wasGone, ...old } = same(run);
        const { deletedAt: isGone, ...now } = same(after[name] as Run);
        expect(now).toEqual(old);
        expect(isGone === null).toBe(wasGone === null);
      }
      const trial = after['trial'] as Run;
      for (const key of ['loss', 'odd', 'exact'])
        expect(await here.points(trial, key)).toEqual(await there.points(trial, key));
      expect(await here.text(trial, 'plots/ä.txt')).toBe('content');
      const first = await here.server.asOwner({ method: 'GET', url: firstExperiment });
      expect(JSON.parse(first.body)).toMatchObject({ experiment: { experiment_id: '0', name: 'Default' } });
      const reply = await here.server.asOwner({ method: 'GET', url: `${base}/experiments/fraud` });
      expect(JSON.parse(reply.body) as Experiment).toMatchObject({ name: 'fraud', description: 'who **pays**' });
    });

    it('changes nothing when it is imported once more, and says what an export without files lacks', async () => {
      const before = await here.runs();
      const { counts, problems } = await here.bring('parquet', await exportTo('bare', false));
      expect(counts).toMatchObject({ experiments: 0, runs: 0, files: 0 });
      expect(problems).toEqual([expect.stringContaining('--files')]);
      expect(await here.runs()).toEqual(before);
    });

    it('goes into another project of the same server under other ids', async () => {
      const made = await there.server.asOwner({ method: 'POST', url: '/api/v1/projects', payload: { name: 'copy' } });
      expect(made.statusCode, made.body).toBe(201);
      const options = { merge: false, workspace: 'default', progress: () => undefined };
      const from = await exportTo('copied', true);
      const { counts } = await there.server.app.importFrom('parquet', 'copy', { from, ...options });
      expect(counts).toMatchObject({ runs: 3, files: 1 });
      const reply = await there.server.asOwner({ method: 'GET', url: '/api/v1/projects/copy/runs?view=all' });
      const copies = Object.fromEntries(
        (JSON.parse(reply.body) as { items: Run[] }).items.map((run) => [run.name, run]),
      );
      const [{ trial, sweep }, before] = [copies, await there.runs()];
      expect(trial?.id).not.toBe(before['trial']?.id);
      expect(trial).toMatchObject({ parentRunId: sweep?.id, parameters: before['trial']?.parameters });
    });

    it.each([
      ['an empty folder', null, 'manifest.json is missing'],
      ['another manifest', { format: 'other', version: 1 }, 'no export that this version reads'],
      ['a later layout', { format: 'millwright-export', version: 2, tables: [] }, 'no export that this version reads'],
      [
        'a part that is not there',
        { tables: [{ name: 'runs', rows: 1, files: ['runs/part-00000.parquet'] }] },
        'not complete',
      ],
      ['a part from elsewhere', { tables: [{ name: 'runs', rows: 1, files: ['../../etc/passwd'] }] }, 'not complete'],
      ['tables that are missing', { tables: [] }, 'holds no experiments'],
    ])('refuses %s', async (what, manifest, problem) => {
      const folder = join(dir, what.replaceAll(' ', '-'));
      mkdirSync(folder);
      const content = { format: 'millwright-export', version: 1, ...manifest };
      if (manifest !== null) writeFileSync(join(folder, 'manifest.json'), JSON.stringify(content));
      await expect(here.bring('parquet', folder)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(problem),
      });
    });
  },
);
