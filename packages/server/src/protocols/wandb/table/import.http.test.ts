import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { type AnImport, anImport } from '../../import/fixtures/an-import.ts';

// The form in which the table of runs is exported: every cell quoted, times in UTC, seconds of run time.
const csv = `"Name","State","Notes","User","Tags","Created","Runtime","Sweep","ID","batch_size","optimizer","net.width","val/loss","val/accuracy","_step"
"swift-sky-1","finished","-","ada","baseline, v2","2026-05-16T14:25:12.000Z","120","","ab12","32","adam, ""w""","64","0.25","0.5","99"
"lost-dawn-2","crashed","two
lines","bob","","2026-05-16T14:30:00.000Z","","sw1","cd34","64","sgd","","NaN","",""
"calm-sea-3","running","","bob","","2026-05-17T00:00:00","5.5","","ef56","64","sgd","128","Infinity","0.75","3"
`;

describe.each(testDatabases)('the table of runs that W&B exports, imported on %s', (database) => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-wandb-'));
  const file = join(dir, 'cards.csv');
  let here: AnImport;
  beforeAll(async () => {
    writeFileSync(file, csv);
    here = await anImport(database);
  });
  afterAll(async () => {
    await here.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is here with configuration, last values, tags, notes and times', async () => {
    const { counts, problems } = await here.bring('wandb-table', file);
    expect(counts).toMatchObject({ experiments: 1, runs: 3, points: 5 });
    expect(problems).toEqual([expect.stringContaining('taken as metrics: val/loss, val/accuracy;')]);
    const runs = await here.runs();
    const started = Date.parse('2026-05-16T14:25:12.000Z');
    expect(runs['swift-sky-1']).toMatchObject({
      experimentName: 'cards',
      status: 'finished',
      startedAt: started,
      endedAt: started + 120_000,
      userId: 'ada',
      note: '',
      parameters: { batch_size: '32', optimizer: 'adam, "w"', 'net.width': '64' },
      tags: { baseline: 'true', v2: 'true', 'wandb.runId': 'ab12' },
      metrics: { 'val/loss': { last: 0.25, lastStep: 99 }, 'val/accuracy': { last: 0.5 } },
    });
    expect(runs['lost-dawn-2']).toMatchObject({
      status: 'failed',
      note: 'two\nlines',
      parameters: { batch_size: '64', optimizer: 'sgd' },
      tags: { 'wandb.sweep': 'sw1' },
      metrics: { 'val/loss': { last: 'NaN', lastStep: 0 } },
    });
    expect(runs['lost-dawn-2']?.metrics).not.toHaveProperty('val/accuracy');
    expect(runs['calm-sea-3']).toMatchObject({
      status: 'killed',
      startedAt: Date.parse('2026-05-17T00:00:00Z'),
      endedAt: Date.parse('2026-05-17T00:00:05.500Z'),
      metrics: { 'val/loss': { last: 'Infinity' } },
    });
  });

  it('changes nothing when it is imported once more', async () => {
    const before = await here.runs();
    expect((await here.bring('wandb-table', file)).counts).toMatchObject({ experiments: 0, runs: 0 });
    expect(await here.runs()).toEqual(before);
  });

  it('takes the columns for metrics that are named', async () => {
    const other = join(dir, 'named.csv');
    writeFileSync(other, csv);
    const options = { from: other, merge: false, workspace: 'default', progress: () => undefined };
    const bring = (metrics: string[]) => here.server.app.importFrom('wandb-table', 'default', { ...options, metrics });
    await expect(bring(['nothing'])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await bring(['batch_size']);
    const run = (await here.runs())['swift-sky-1'];
    expect(run).toMatchObject({ experimentName: 'named', metrics: { batch_size: { last: 32 } } });
    expect(run?.parameters).toMatchObject({ 'val/loss': '0.25' });
  });

  it.each([
    ['what is no table of runs', 'a,b\n1,2\n', 'columns Name and State'],
    ['an empty file', '', 'columns Name and State|cannot be read'],
  ])('refuses %s', async (_what, content, problem) => {
    const other = join(dir, 'other.csv');
    writeFileSync(other, content);
    await expect(here.bring('wandb-table', other)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(problem),
    });
    await expect(here.bring('wandb-table', dir)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
