import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineage, type LineageService } from '#lineage';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { data } from './index.ts';
import type { DataService } from './service.ts';

const rows = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => row(i)).join('\n');
const payments = (count: number, first = 0) =>
  `at,amount,country\n${rows(count, (i) => `2026-01-01T00:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z,${first + i},${i % 2 ? 'DE' : 'FR'}`)}\n`;

describe.each(testDatabases)('data on %s', (database) => {
  let test: TestPlatform;
  let graph: LineageService;
  let service: DataService;
  let count = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    graph = lineage.create(test.platform, {});
    service = data.create(test.platform, { lineage: graph });
  });
  afterAll(() => test.close());

  const aDataset = (input: { timeColumn?: string; targetColumn?: string } = {}) =>
    service.createDataset(test.ctx, { name: `dataset-${++count}`, ...input });
  const upload = (ref: string, csv: string) =>
    service.upload(test.ctx, ref, {
      stream: (async function* () {
        yield Buffer.from(csv);
      })(),
      mediaType: 'text/csv',
    });
  const events = async (type: string, subjectId: string) => {
    const { listEvents } = await import('#platform/events');
    const { items } = await listEvents(test.platform.database.db, { project: 'default', type, limit: 1000 });
    return items.filter((event) => event.subjectId === subjectId);
  };
  const verbs = async (resourceId: string) => {
    const { listAudit } = await import('#platform/audit');
    return (await listAudit(test.platform.database.db, { resourceId })).items.map((row) => row.verb);
  };
  const tempFiles = async () => {
    const temp = join(test.dir, 'blobs', 'temp');
    return (await Promise.all((await readdir(temp)).map((folder) => readdir(join(temp, folder))))).flat();
  };

  it('takes a file in as version 1, profiled and checked, with its lineage, audit and event', async () => {
    const dataset = await aDataset({ timeColumn: 'at', targetColumn: 'country' });
    const version = await upload(dataset.name, payments(120));
    expect(version).toMatchObject({ number: 1, rowCount: 120, origin: 'upload', datasetName: dataset.name });
    expect(version.columns).toEqual([
      { name: 'at', type: 'timestamp' },
      { name: 'amount', type: 'integer' },
      { name: 'country', type: 'string' },
    ]);
    expect(version.profile[1]).toMatchObject({ min: 0, max: 119, mean: 59.5, missing: 0, distinct: 120 });
    expect(version.profile[2]?.top).toEqual([
      { value: 'DE', count: 60 },
      { value: 'FR', count: 60 },
    ]);
    expect(version.checkResults.every((result) => result.passed)).toBe(true);
    expect(await service.findDataset(test.ctx, dataset.id)).toMatchObject({
      health: 'ok',
      latestVersion: { id: version.id, number: 1, rowCount: 120 },
    });
    expect(await events('data.version-created', version.id)).toHaveLength(1);
    expect(await verbs(version.id)).toEqual(['dataset-version.create']);
    const { nodes } = await graph.lineageOf(
      'default',
      { type: 'dataset-version', id: version.id },
      { direction: 'up', depth: 3 },
    );
    expect(nodes.map((node) => node.label)).toEqual([`${dataset.name} v1`, dataset.name]);
    expect(await tempFiles()).toEqual([]);
  });

  it('infers checks from the first version', async () => {
    const dataset = await aDataset({ timeColumn: 'at' });
    await upload(dataset.name, payments(120));
    const checks = await service.listChecks(test.ctx, dataset.name);
    expect(checks.every((check) => check.origin === 'inferred' && check.enabled)).toBe(true);
    const of = (kind: string) =>
      checks.filter((check) => check.kind === kind).map((check) => [check.column, check.severity, check.parameters]);
    expect(of('row-count')).toEqual([[null, 'error', { min: 1 }]]);
    expect(of('column-present')).toContainEqual(['amount', 'error', { type: 'integer' }]);
    expect(of('not-missing')).toContainEqual(['amount', 'error', { maxFraction: 0 }]);
    expect(of('in-set')).toEqual([['country', 'warning', { values: ['DE', 'FR'], maxFraction: 0 }]]);
    expect(of('in-range')).toEqual([['amount', 'warning', { min: 0, max: 148.75, maxFraction: 0.01 }]]);
  });

  it('answers the version that exists when the same content comes again', async () => {
    const dataset = await aDataset();
    const first = await upload(dataset.name, payments(10));
    const second = await upload(dataset.name, payments(11));
    expect((await upload(dataset.name, payments(10))).id).toBe(first.id);
    expect((await service.listVersions(test.ctx, dataset.name, {})).items.map((version) => version.id)).toEqual([
      second.id,
      first.id,
    ]);
    expect(await events('data.version-created', first.id)).toHaveLength(1);
  });

  it('numbers versions without gaps when several arrive at once, also the first ones', async () => {
    const dataset = await aDataset();
    const versions = await Promise.all([1, 2, 3, 4].map((first) => upload(dataset.name, payments(20, first))));
    expect(versions.map((version) => version.number).sort()).toEqual([1, 2, 3, 4]);
    const checks = await service.listChecks(test.ctx, dataset.name);
    expect(checks.filter((check) => check.kind === 'row-count')).toHaveLength(1);
    expect((await service.findDataset(test.ctx, dataset.id)).latestVersion?.number).toBe(4);
  });

  it('reads two different first files at once with the types of the one that came first', async () => {
    const dataset = await aDataset();
    const outcomes = await Promise.allSettled([upload(dataset.name, 'a,b\n1,2\n'), upload(dataset.name, 'a,b\nx,2\n')]);
    const versions = (await service.listVersions(test.ctx, dataset.name, {})).items;
    expect(versions.length).toBe(outcomes.filter((outcome) => outcome.status === 'fulfilled').length);
    expect(new Set(versions.map((version) => JSON.stringify(version.columns))).size).toBe(1);
  });

  it('refuses a wrong type with line and column named, and keeps nothing but the refusal', async () => {
    const dataset = await aDataset();
    const first = await upload(dataset.name, payments(120));
    const blobs = await test.platform.blobs.list();
    const broken = payments(30).replace(',7,', ',seven,').replace(',9,', ',nine,');
    await expect(upload(dataset.name, broken)).rejects.toMatchObject({
      code: 'DATA_REFUSED',
      message: expect.stringContaining('Line 9, column amount: "seven" is not a whole number'),
      extra: {
        problemCount: 2,
        problems: [{ line: 9, column: 'amount', value: 'seven', path: 'line 9, column amount' }, { line: 11 }],
      },
    });
    const { items } = await service.listRefusals(test.ctx, dataset.name, {});
    expect(items).toMatchObject([
      {
        problemCount: 2,
        sizeBytes: Buffer.byteLength(broken),
        problems: [{ line: 9, column: 'amount', value: 'seven' }, { line: 11 }],
      },
    ]);
    expect(await service.findDataset(test.ctx, dataset.id)).toMatchObject({
      health: 'failing',
      latestVersion: { id: first.id },
    });
    expect(await events('data.upload-refused', dataset.id)).toHaveLength(1);
    expect(await verbs(dataset.id)).toEqual(['dataset-version.refuse', 'dataset.create']);
    expect(await test.platform.blobs.list()).toEqual(blobs);
    expect(await tempFiles()).toEqual([]);
    await upload(dataset.name, payments(120));
    expect((await service.findDataset(test.ctx, dataset.id)).health).toBe('ok');
  });

  it('refuses what breaks a check of severity error, and names the rows', async () => {
    const dataset = await aDataset();
    await upload(dataset.name, payments(120));
    await expect(upload(dataset.name, payments(120).replace(',7,', ',,'))).rejects.toMatchObject({
      code: 'CHECKS_FAILED',
      message: '1 of 120 rows (0.83 %) have no value in amount; none may. Nothing of the file was taken in.',
      extra: { problems: [{ column: 'amount' }, { column: 'amount', message: 'Row 8 has no value' }] },
    });
    expect((await service.listVersions(test.ctx, dataset.name, {})).items).toHaveLength(1);
  });

  it('takes new categories and far values in with a warning', async () => {
    const dataset = await aDataset();
    await upload(dataset.name, payments(120));
    const version = await upload(dataset.name, payments(120, 90).replaceAll('FR', 'IT'));
    const failed = version.checkResults.filter((result) => !result.passed);
    expect(failed.map((result) => [result.kind, result.column, result.brokenFraction])).toEqual([
      ['in-range', 'amount', 61 / 120],
      ['in-set', 'country', 0.5],
    ]);
    expect((await service.findDataset(test.ctx, dataset.id)).health).toBe('warning');
  });

  it('refuses a first version without the columns the data set needs', async () => {
    const dataset = await aDataset({ timeColumn: 'when', targetColumn: 'fraud' });
    await expect(upload(dataset.name, payments(5))).rejects.toMatchObject({
      code: 'DATA_REFUSED',
      extra: {
        problems: [{ column: 'when', line: 1, message: expect.stringContaining('time column') }, { column: 'fraud' }],
      },
    });
    expect((await service.findDataset(test.ctx, dataset.id)).health).toBe('failing');
    expect(await service.listChecks(test.ctx, dataset.name)).toEqual([]);
    const texts = await aDataset({ timeColumn: 'country' });
    await expect(upload(texts.name, payments(5))).rejects.toThrow('The time column country holds string values');
  });

  it('runs the checks of people, of every kind', async () => {
    const dataset = await aDataset();
    const version = await upload(dataset.name, payments(10));
    const create = (
      kind: 'unique' | 'in-range' | 'in-set' | 'row-count',
      column: string | undefined,
      parameters: Record<string, unknown>,
    ) => service.createCheck(test.ctx, dataset.name, { kind, column, parameters, severity: 'error' });
    await create('unique', 'country', {});
    await create('in-range', 'at', { max: Date.UTC(2026, 0, 1, 0, 0, 4) });
    await create('in-set', 'amount', { values: [0, 1, 2], maxFraction: 0.7 });
    await create('row-count', undefined, { min: 11 });
    const results = (await service.checkVersion(test.ctx, version.id)).slice(-4);
    expect(results.map(({ kind, passed, brokenFraction }) => [kind, passed, brokenFraction])).toEqual([
      ['unique', false, 0.8],
      ['in-range', false, 0.5],
      ['in-set', true, 0.7],
      ['row-count', false, null],
    ]);
    await expect(upload(dataset.name, payments(9))).rejects.toMatchObject({
      code: 'CHECKS_FAILED',
      extra: { problemCount: 3 },
    });
  });

  it('does not run checks that are switched off', async () => {
    const dataset = await aDataset();
    await upload(dataset.name, payments(10));
    const check = await service.createCheck(test.ctx, dataset.name, {
      kind: 'row-count',
      parameters: { min: 1000 },
      severity: 'error',
    });
    await service.updateCheck(test.ctx, dataset.name, check.id, { enabled: false });
    expect((await upload(dataset.name, payments(11))).number).toBe(2);
  });

  it('makes a version of a snapshot once per origin, with lineage to what it came from', async () => {
    const dataset = await aDataset();
    const snapshot = async (values: number[]) => {
      const temp = await test.platform.blobs.openTemp('.parquet');
      await test.platform.tables.writeColumns(
        [{ name: 'x', type: 'number', values: Float64Array.from(values) }],
        temp.path,
      );
      return service.createVersionFromParquet(test.ctx, dataset.name, {
        path: temp.path,
        origin: 'snapshot',
        note: 'captured',
        inputs: [{ type: 'endpoint', id: 'ep_1' }],
        originKey: `step-${dataset.id}`,
      });
    };
    const version = await snapshot([1, 2, 3]);
    expect(version).toMatchObject({ origin: 'snapshot', note: 'captured', number: 1 });
    expect((await snapshot([4, 5])).id).toBe(version.id);
    const { edges } = await graph.lineageOf(
      'default',
      { type: 'endpoint', id: 'ep_1' },
      { direction: 'down', depth: 1 },
    );
    expect(edges).toContainEqual(expect.objectContaining({ toId: version.id, kind: 'snapshot' }));
    expect(await tempFiles()).toEqual([]);
  });

  it('reads a snapshot that is no Parquet as refused, and takes the file away', async () => {
    const dataset = await aDataset();
    const temp = await test.platform.blobs.openTemp('.parquet');
    await writeFile(temp.path, 'PAR1 but not really');
    const source = { path: temp.path, origin: 'snapshot', note: '', inputs: [] } as const;
    await expect(service.createVersionFromParquet(test.ctx, dataset.name, source)).rejects.toMatchObject({
      code: 'DATA_REFUSED',
      message: expect.not.stringContaining(test.dir),
    });
    expect(await tempFiles()).toEqual([]);
  });

  it('finds by id before name, and ensures without a second one', async () => {
    const dataset = await aDataset();
    await service.createDataset(test.ctx, { name: dataset.id });
    expect((await service.findDataset(test.ctx, dataset.id)).id).toBe(dataset.id);
    const ensured = await Promise.all(
      [1, 2, 3].map(() => service.ensureDataset(test.ctx, { name: `ensured-${dataset.name}` })),
    );
    expect(new Set(ensured.map(({ id }) => id)).size).toBe(1);
  });
});
