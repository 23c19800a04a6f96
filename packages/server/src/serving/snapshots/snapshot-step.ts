import { type Column, Count, type DatasetVersion, Id, Ref, type Signature, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import type { StepKind } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { CapturedRows } from '../capture/captured-rows.ts';
import { type CapturedSource, readCaptured } from '../capture/read.ts';
import type { SnapshotData } from '../dependencies.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import { columnOf } from '../runtimes/tensors.ts';
import type { EndpointRow } from '../tables.ts';
import { countLabelled, labelledColumns } from './labelled-rows.ts';
import { writeSnapshot } from './store.ts';

const input = Strict({
  endpoint: Ref,
  dataset: Ref,
  base: Type.Optional(Ref),
  maxRows: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 100_000,
      description: 'The newest rows, base and captured together',
    }),
  ),
  minRows: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: 1,
      description: 'With fewer labelled predictions the latest version of the base is taken',
    }),
  ),
});
const output = Strict({ datasetVersionId: Id, rows: Count, labelledRows: Count });
const maxRowsAtOnce = 50_000;
const minRowsAtOnce = 1000;

type Step = Parameters<StepKind<typeof input, typeof output>['run']>[0];
type Parts = { platform: Platform; captured: CapturedSource; data: SnapshotData; endpoints: Endpoints };

const orNull = async <T>(found: Promise<T>): Promise<T | null> =>
  found.catch((error: unknown) => {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  });

/** Labelled predictions of an endpoint as a version of a data set, behind the rows of a base version. */
export const snapshotStep = (parts: Parts): StepKind<typeof input, typeof output> => ({
  kind: 'serving.snapshot',
  summary: 'Make a data set version from captured predictions and their labels, behind the rows of a base version',
  input,
  output,
  run: (step) => runSnapshot(parts, step),
});

const runSnapshot = async (parts: Parts, step: Step): ReturnType<StepKind<typeof input, typeof output>['run']> => {
  const { ctx, input: given, log } = step;
  const { data, endpoints } = parts;
  const { maxRows = 100_000, minRows = 1 } = given;
  if (given.base === given.dataset)
    fail('INVALID_INPUT', "'base' and 'dataset' must differ: rows of an earlier snapshot would be taken twice.");
  const base = given.base === undefined ? null : await data.latestVersion(ctx, given.base);
  const endpoint = await orNull(endpoints.find(ctx, given.endpoint));
  const windows = endpoint ? await newestLabelled(parts.captured, endpoint, maxRows) : [];
  const found = windows.reduce((sum, rows) => sum + countLabelled(rows), 0);
  if (!endpoint || found < minRows) {
    const why = endpoint
      ? `There are ${found} labelled predictions, ${minRows} are needed`
      : `There is no endpoint '${given.endpoint}' yet`;
    if (!base) return { state: 'stopped', message: `${why}, and no base version to take instead.` };
    log(`${why}: the latest version of '${given.base}' is taken.`);
    return {
      state: 'succeeded',
      output: { datasetVersionId: base.id, rows: base.rowCount, labelledRows: 0 },
      message: `${why}: version ${base.number} of '${base.datasetName}'.`,
    };
  }
  const { version, labelledRows } = await writeVersion(parts, step, endpoint, base, windows, maxRows);
  return {
    state: 'succeeded',
    output: { datasetVersionId: version.id, rows: version.rowCount, labelledRows },
    message: `${labelledRows} labelled predictions in version ${version.number} of '${version.datasetName}'.`,
  };
};

/** Runs of rows, oldest first, that hold at least the newest `maxRows` labelled ones: about as many rows as are needed are read. */
const newestLabelled = async (
  source: CapturedSource,
  endpoint: EndpointRow,
  maxRows: number,
): Promise<CapturedRows[]> => {
  const windows: CapturedRows[] = [];
  let found = 0;
  for (let toRow = Number(endpoint.captured); toRow > 0 && found < maxRows; ) {
    const fromRow = Math.max(0, toRow - Math.min(maxRowsAtOnce, Math.max(minRowsAtOnce, maxRows - found)));
    const rows = await readCaptured(source, endpoint.id, { fromRow, toRow });
    found += countLabelled(rows);
    windows.unshift(rows);
    toRow = fromRow;
  }
  return windows;
};

const writeVersion = async (
  parts: Parts,
  step: Step,
  endpoint: EndpointRow,
  base: DatasetVersion | null,
  windows: readonly CapturedRows[],
  maxRows: number,
): Promise<{ version: DatasetVersion; labelledRows: number }> => {
  const { ctx, input: given } = step;
  const { data, endpoints, platform } = parts;
  const { signature } = await endpoints.currentChampion(endpoint.id);
  const baseDataset = base ? await data.findDataset(ctx, base.datasetId) : null;
  const dataset = await data.ensureDataset(ctx, {
    name: given.dataset,
    timeColumn: baseDataset?.timeColumn ?? undefined,
    targetColumn: signature.target,
  });
  const timeColumn = dataset.timeColumn ?? baseDataset?.timeColumn ?? null;
  const columns = await columnsOf(data, ctx, dataset.latestVersion ? given.dataset : null, base, signature);
  const captured = labelledColumns(windows, { columns, target: signature.target, timeColumn }, maxRows);

  const { blobs, tables } = platform;
  await using capturedFile = await blobs.openTemp('.parquet');
  await using snapshotFile = await blobs.openTemp('.parquet');
  await tables.writeColumns(captured.columns, capturedFile.path);
  const fromBase = base && {
    path: await data.versionFile(ctx, base.id),
    columns: base.columns,
    skipRows: Math.max(0, base.rowCount - (maxRows - captured.rows)),
  };
  await writeSnapshot(tables, { columns, base: fromBase, capturedPath: capturedFile.path, outPath: snapshotFile.path });
  const note = `${captured.rows} labelled predictions of '${endpoint.name}'${base ? ` behind version ${base.number} of '${base.datasetName}'` : ''}`;
  const inputs = [{ type: 'endpoint', id: endpoint.id }, ...(base ? [{ type: 'dataset-version', id: base.id }] : [])];
  const version = await data.createVersionFromParquet(ctx, dataset.id, {
    path: snapshotFile.path,
    origin: 'snapshot',
    note,
    inputs,
    originKey: step.stepRunId,
  });
  return { version, labelledRows: captured.rows };
};

/** As the newest version of the data set has them, else the base, else as the model takes them. */
const columnsOf = async (
  data: SnapshotData,
  ctx: Ctx,
  dataset: string | null,
  base: DatasetVersion | null,
  signature: Signature,
): Promise<Column[]> => {
  if (dataset !== null) return (await data.latestVersion(ctx, dataset)).columns;
  if (base) return base.columns;
  const typeOf = (datatype: string): Column['type'] =>
    datatype === 'BYTES'
      ? 'string'
      : datatype === 'BOOL'
        ? 'boolean'
        : datatype.startsWith('INT')
          ? 'integer'
          : 'number';
  return [
    ...signature.inputs.map((tensor) => ({ name: columnOf(tensor), type: typeOf(tensor.datatype) })),
    { name: signature.target, type: signature.task === 'regression' ? 'number' : 'string' },
  ];
};
