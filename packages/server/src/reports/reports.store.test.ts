import type { Panel, ReportBlock } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data } from '#data';
import { evaluation } from '#evaluation';
import { experiments, type ExperimentsService } from '#experiments';
import { lineage } from '#lineage';
import { pipelines } from '#pipelines';
import { listAudit } from '#platform/audit';
import { sql } from '#platform/db';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { registry } from '#registry';
import { training } from '#training';
import { reports, type ReportsService } from './index.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const text = (id: string, markdown: string): ReportBlock => ({ id, kind: 'text', markdown });
const shown = (id: string, panel: Panel): ReportBlock => ({ id, kind: 'panel', panel });

describe.each(testDatabases)('reports on %s', (database) => {
  const clock = aClock();
  let test: TestPlatform;
  let runs: ExperimentsService;
  let service: ReportsService;
  const runIds: string[] = [];
  beforeAll(async () => {
    test = await aPlatform({ database, clock, config: { '--share-links': 'true' } });
    const graph = lineage.create(test.platform, {});
    const datasets = data.create(test.platform, { lineage: graph });
    runs = experiments.create(test.platform, { lineage: graph, data: datasets });
    const withRuns = { lineage: graph, data: datasets, experiments: runs };
    const withPipelines = { ...withRuns, pipelines: pipelines.create(test.platform, withRuns) };
    const withTraining = { ...withPipelines, training: training.create(test.platform, withPipelines) };
    const withEvaluation = { ...withTraining, evaluation: evaluation.create(test.platform, withTraining) };
    const all = { ...withEvaluation, registry: registry.create(test.platform, withEvaluation) };
    service = reports.create(test.platform, all);
    await runs.createExperiment(test.ctx, { name: 'fraud' });
    for (const [index, loss] of [0.5, 0.25, 0.75].entries()) {
      const run = await runs.startRun(test.ctx, {
        experiment: 'fraud',
        name: `run ${index}`,
        parameters: { lr: `0.${index + 1}`, 'a,b%': String(index) },
      });
      await runs.logMetrics(test.ctx, run.id, [
        { key: 'loss', value: 1, step: 0 },
        { key: 'loss', value: loss, step: 1 },
        { key: 'other', value: 9, step: 1 },
      ]);
      runIds.push(run.id);
    }
  });
  afterAll(() => test.close());

  const other = () => ({ ...test.ctx, actor: { ...test.ctx.actor, id: 'prn_other', name: 'other' } });
  const aReport = (blocks: ReportBlock[] = [text('b1', 'Hello')]) =>
    service.createReport(test.ctx, { title: 'Findings', blocks });
  const verbs = async (resourceId: string) =>
    (await listAudit(test.platform.database.db, { resourceId })).items.map((row) => row.verb).reverse();

  it('are written, read, changed and deleted, with an audit row each', async () => {
    const report = await aReport();
    expect(report).toMatchObject({ title: 'Findings', revision: 1, blocks: [text('b1', 'Hello')] });
    const changed = await service.updateReport(test.ctx, report.id, {
      revision: 1,
      title: 'Results',
      blocks: [text('b1', 'Bye')],
    });
    expect(changed.revision).toBe(2);
    expect(await service.getReport(test.ctx, report.id)).toEqual(changed);
    const { items } = await service.listReports(test.ctx, {});
    expect(items[0]).toMatchObject({ id: report.id, title: 'Results', copies: 0 });
    await service.freezeReport(test.ctx, report.id);
    await service.deleteReport(test.ctx, report.id);
    await expect(service.getReport(test.ctx, report.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await verbs(report.id)).toEqual(['report.create', 'report.update', 'report.freeze', 'report.delete']);
    for (const table of ['report_revisions', 'report_copies', 'report_links']) {
      const left = await sql`select 1 from ${sql.table(table)} where report = ${report.id}`.execute(
        test.platform.database.db,
      );
      expect(left.rows).toEqual([]);
    }
  });

  it('are not seen from another project', async () => {
    const report = await aReport();
    const elsewhere = { ...test.ctx, project: 'another' };
    await expect(service.getReport(elsewhere, report.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      service.updateReport(elsewhere, report.id, { revision: 1, title: 'x', blocks: [] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.deleteReport(elsewhere, report.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await service.listReports(elsewhere, {})).items).toEqual([]);
  });

  it('are saved over nobody: of two who began at one revision, one is told', async () => {
    const report = await aReport();
    const save = (ctx: typeof test.ctx, title: string) =>
      service.updateReport(ctx, report.id, { revision: 1, title, blocks: [] });
    const outcomes = await Promise.allSettled([save(test.ctx, 'mine'), save(other(), 'theirs')]);
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'STALE', extra: { revision: 2 } });
    expect((await service.getReport(test.ctx, report.id)).revision).toBe(2);
  });

  it('keep what they were: what one author saves in a row is one revision', async () => {
    const report = await aReport();
    const save = (ctx: typeof test.ctx, revision: number, title: string) =>
      service.updateReport(ctx, report.id, { revision, title, blocks: [] });
    await save(test.ctx, 1, 'two');
    await save(test.ctx, 2, 'three');
    await save(other(), 3, 'four');
    await save(test.ctx, 4, 'five');
    clock.advance(11 * 60_000);
    await save(test.ctx, 5, 'six');
    const { items } = await service.listReportRevisions(test.ctx, report.id, {});
    expect(items.map((one) => [one.revision, one.title, one.by])).toEqual([
      [6, 'six', test.ctx.actor.name],
      [5, 'five', test.ctx.actor.name],
      [4, 'four', 'other'],
      [3, 'three', test.ctx.actor.name],
    ]);
    expect(await service.getReportRevision(test.ctx, report.id, 3)).toMatchObject({ title: 'three', blocks: [] });
    await expect(service.getReportRevision(test.ctx, report.id, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('page through the list in the order of their last change', async () => {
    for (let index = 0; index < 5; index++) await aReport();
    const all = (await service.listReports(test.ctx, {})).items.map((one) => one.id);
    const paged: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await service.listReports(test.ctx, { limit: 2, cursor });
      paged.push(...page.items.map((one) => one.id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  it('refuse two blocks of one id', async () => {
    await expect(aReport([text('a', 'x'), text('a', 'y')])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('show runs with the values of the panel and no others', async () => {
    const panel: Panel = {
      kind: 'table',
      runs: { experiment: 'fraud', order: 'metrics.loss', limit: 2 },
      columns: ['metrics.loss', 'parameters.a,b%'],
    };
    const found = await service.readPanel(test.ctx, panel);
    if (found.kind !== 'runs') throw new Error(found.kind);
    expect(found.total).toBe(3);
    expect(found.runs.map((run) => run.name)).toEqual(['run 1', 'run 0']);
    expect(found.runs[0]).toMatchObject({ parameters: { 'a,b%': '1' }, tags: {} });
    expect(Object.keys(found.runs[0]?.metrics ?? {})).toEqual(['loss']);
    const ids = [runIds[2] as string, 'run_00000000000000000000000000', runIds[0] as string];
    const named = await service.readPanel(test.ctx, { kind: 'curves', runs: { ids }, metrics: ['loss'] });
    expect(named).toMatchObject({ kind: 'runs', runs: [{ id: runIds[2] }, { id: runIds[0] }] });
    expect(named).not.toHaveProperty('curves');
  });

  it('say why a panel has nothing to show', async () => {
    const id = '00000000000000000000000000';
    const panels: Panel[] = [
      { kind: 'image', run: `run_${id}`, path: 'a.png' },
      { kind: 'model-version', version: `mv_${id}` },
      { kind: 'dataset-version', version: `dsv_${id}` },
      { kind: 'gate', evaluation: `eval_${id}` },
      { kind: 'table', runs: { filter: 'metrics.loss >' }, columns: [] },
      { kind: 'table', runs: { experiment: 'nobody' }, columns: [] },
    ];
    for (const panel of panels) expect(await service.readPanel(test.ctx, panel)).toMatchObject({ kind: 'missing' });
    const reader = { ...test.ctx, actor: { ...test.ctx.actor, kind: 'user' as const, grants: [], limits: null } };
    const refused = await service.readPanel(reader, { kind: 'gate', evaluation: `eval_${id}` });
    expect(refused).toMatchObject({ kind: 'missing', reason: expect.stringContaining('evaluation:read') });
  });

  it('show an image by its bytes, whatever it is called, and nothing else', async () => {
    const [run] = runIds as [string];
    await runs.putArtifact(test.ctx, run, 'plot.svg', png, 'image/svg+xml');
    await runs.putArtifact(test.ctx, run, 'plot.png', Buffer.from('<svg onload="alert(1)"/>'), 'image/png');
    expect(await service.readPanel(test.ctx, { kind: 'image', run, path: 'plot.svg' })).toMatchObject({
      kind: 'image',
      mediaType: 'image/png',
      base64: png.toString('base64'),
    });
    expect(await service.readPanel(test.ctx, { kind: 'image', run, path: 'plot.png' })).toMatchObject({
      kind: 'missing',
    });
  });

  it('show what runs logged under a name, each with its digest, and keep it in a copy', async () => {
    const [first, second, third] = runIds as [string, string, string];
    const put = (run: string, path: string, content: string | Buffer) =>
      runs.putArtifact(test.ctx, run, path, Buffer.from(content), 'application/octet-stream');
    await put(first, 'images/val~a+step+1+timestamp+1+x.png', 'no image');
    const { digest } = await put(first, 'images/val~a+step+2+timestamp+1+y.png', png);
    await put(second, 'images/val~a+step+2+timestamp+1+y.png', Buffer.alloc(2_000_001));
    await put(first, 'millwright/media/texts/page/0.txt', 'before');
    await put(first, 'cases.json', '{"columns":["a"],"data":[[1]]}');
    await runs.updateRun(test.ctx, first, {
      tags: { 'mlflow.loggedArtifacts': '[{"path":"cases.json","type":"table"}]' },
    });
    type Media = Extract<Panel, { kind: 'media' }>;
    const panel: Media = { kind: 'media', runs: { ids: [first, second, third] }, media: 'image', name: 'val/a' };
    expect(await service.readPanel(test.ctx, panel)).toMatchObject({
      kind: 'media',
      runs: 3,
      items: [
        { runId: first, step: 2, kind: 'image', mediaType: 'image/png', digest, base64: png.toString('base64') },
        { runId: second, step: 2, kind: 'left-out', reason: expect.stringContaining('2000001') },
      ],
    });
    expect(await service.readPanel(test.ctx, { ...panel, step: 1 })).toMatchObject({
      items: [{ runId: first, step: 1, kind: 'left-out', reason: expect.stringContaining('no PNG') }],
    });
    const table: Media = { ...panel, media: 'table', name: 'cases.json' };
    expect(await service.readPanel(test.ctx, table)).toMatchObject({
      items: [{ runId: first, kind: 'table', text: '{"columns":["a"],"data":[[1]]}' }],
    });
    const report = await aReport([shown('b1', { ...panel, media: 'text', name: 'page' })]);
    const copy = await service.freezeReport(test.ctx, report.id);
    await put(first, 'millwright/media/texts/page/0.txt', 'after');
    const { content } = await service.readReportCopy(test.ctx, report.id, copy.id);
    expect(content.blocks[0]?.data).toMatchObject({ items: [{ kind: 'text', text: 'before' }] });
  });

  it('freeze what is shown; the copy stays as it was when all of it changes', async () => {
    const report = await aReport([
      text('b1', 'Before'),
      shown('b2', { kind: 'curves', runs: { ids: [runIds[0] as string] }, metrics: ['loss'] }),
    ]);
    const copy = await service.freezeReport(test.ctx, report.id);
    await service.updateReport(test.ctx, report.id, { revision: 1, title: 'After', blocks: [] });
    await runs.logMetrics(test.ctx, runIds[0] as string, [{ key: 'loss', value: 100, step: 2 }]);
    const read = await service.readReportCopy(test.ctx, report.id, copy.id);
    expect(read.content).toMatchObject({
      format: 'millwright-report/1',
      title: 'Findings',
      blocks: [
        { block: text('b1', 'Before'), data: null },
        { data: { kind: 'runs', curves: [{ key: 'loss', total: 2, points: [{ value: 1 }, { value: 0.5 }] }] } },
      ],
    });
    expect((await service.listReportCopies(test.ctx, report.id, {})).items).toEqual([copy]);
    const { digest } = await test.platform.blobs.put(Buffer.from(JSON.stringify(read.content)));
    expect(digest).toBe(copy.digest);
    const second = await aReport();
    await expect(service.readReportCopy(test.ctx, second.id, copy.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  describe('shared by an address', () => {
    const aLink = async (days = 1) => {
      const report = await aReport([text('b1', 'Secret words')]);
      const copy = await service.freezeReport(test.ctx, report.id);
      const made = await service.createShareLink(test.ctx, { report: report.id, copy: copy.id }, days);
      return { report, copy, ...made };
    };
    const missing = {
      code: 'NOT_FOUND',
      message: 'Nothing is shared at this address. It may have expired or been revoked.',
    };

    it('are read by whoever has it, as they were frozen', async () => {
      const { secret, copy, report } = await aLink();
      await service.updateReport(test.ctx, report.id, { revision: 1, title: 'Later', blocks: [] });
      const read = await service.readShared(secret);
      expect(read).toMatchObject({ digest: copy.digest, content: { title: 'Findings' } });
      const { items } = await service.listShareLinks(test.ctx, report.id);
      expect(items[0]?.lastReadAt).not.toBeNull();
    });
    it('keep of the secret only its hash', async () => {
      const { secret, report } = await aLink();
      const { db } = test.platform.database;
      const { rows } = await sql`select * from report_links where report = ${report.id}`.execute(db);
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(await listAudit(db, { resourceId: report.id }))).not.toContain(secret);
    });
    it('answer no more once they expired, were revoked, or their report is gone', async () => {
      const expired = await aLink(1);
      const revoked = await aLink(30);
      const deleted = await aLink(30);
      await service.revokeShareLink(test.ctx, revoked.report.id, revoked.link.id);
      await service.deleteReport(test.ctx, deleted.report.id);
      clock.advance(24 * 3_600_000 + 1);
      for (const { secret } of [expired, revoked, deleted, { secret: 'guessed' }])
        await expect(service.readShared(secret)).rejects.toMatchObject(missing);
      const again = await service.revokeShareLink(test.ctx, revoked.report.id, revoked.link.id);
      expect(again.state).toBe('revoked');
      expect(await verbs(revoked.report.id)).toEqual([
        'report.create',
        'report.freeze',
        'report.share',
        'report.revoke-link',
      ]);
    });
    it('slow down who guesses and who reads all the time, each by themselves', async () => {
      clock.advance(120_000);
      const [busy, calm] = [await aLink(), await aLink()];
      for (let n = 0; n < 60; n++) await service.readShared(busy.secret);
      await expect(service.readShared(busy.secret)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
      for (let n = 0; n < 120; n++) await expect(service.readShared(`wrong${n}`)).rejects.toMatchObject(missing);
      await expect(service.readShared('wrong')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
      expect((await service.readShared(calm.secret)).content.title).toBe('Findings');
      clock.advance(61_000);
      expect((await service.readShared(busy.secret)).content.title).toBe('Findings');
    });
  });
});
