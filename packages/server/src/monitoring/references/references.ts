import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isMillwrightError } from '#platform/errors';
import type { OnnxVersion } from '#registry';
import { featureColumns } from '../column-values.ts';
import type { MonitoringDeps } from '../dependencies.ts';
import type { References } from '../drift.ts';
import { referenceLossOf } from '../performance.ts';
import { prepareColumns, referenceRange } from './reference.ts';
import { findReference, insertReference, type ReferenceRecord, readRowsInOrder } from './store.ts';

export interface ReferenceSource {
  /** Prepared once per endpoint and model version, then read. */
  of(ctx: Ctx, endpointId: string, modelVersionId: string): Promise<ReferenceRecord>;
  columns(reference: ReferenceRecord): Promise<References>;
}

/** Prepared columns that are kept in memory, so that a window need not read them again. */
const cached = 8;

const orNull = async <T>(found: Promise<T>): Promise<T | null> => {
  try {
    return await found;
  } catch (error) {
    if (isMillwrightError(error) && (error.code === 'NOT_FOUND' || error.code === 'INVALID_REFERENCE')) return null;
    throw error;
  }
};

export const createReferences = (platform: Platform, deps: MonitoringDeps): ReferenceSource => {
  const { blobs, changes, database, tables } = platform;
  const recent = new Map<string, Promise<References>>();

  const prepare = async (ctx: Ctx, endpointId: string, modelVersionId: string): Promise<ReferenceRecord> => {
    const version = await deps.registry.onnxVersion(ctx, modelVersionId);
    const { evaluationId } = version;
    const evaluation = evaluationId === null ? null : await orNull(deps.evaluation.getEvaluation(ctx, evaluationId));
    const record: ReferenceRecord = {
      endpointId,
      modelVersionId,
      modelVersion: version.number,
      task: version.signature.task,
      columns: featureColumns(version.signature),
      datasetVersionId: null,
      rows: 0,
      digest: null,
      loss: evaluation === null ? null : referenceLossOf(evaluation),
    };
    return { ...record, ...(await trainingData(ctx, version, record)) };
  };

  const trainingData = async (
    ctx: Ctx,
    version: OnnxVersion,
    { columns }: ReferenceRecord,
  ): Promise<Partial<ReferenceRecord>> => {
    const trained = version.runId === null ? null : await orNull(deps.training.trainResultOf(ctx, version.runId));
    const datasetVersionId = trained?.datasetVersionId ?? version.datasetVersionId;
    if (datasetVersionId === null) return {};
    const data = await orNull(deps.data.findVersion(ctx, datasetVersionId));
    if (data === null) return {};
    const dataset = await orNull(deps.data.findDataset(ctx, data.datasetId));
    const known = new Set(data.columns.map(({ name }) => name));
    const wanted = columns.map(({ name }) => name).filter((name) => known.has(name));
    if (wanted.length === 0) return { datasetVersionId };
    const timeColumn = dataset?.timeColumn && known.has(dataset.timeColumn) ? dataset.timeColumn : null;
    const table = await readRowsInOrder(tables, await deps.data.versionFile(ctx, datasetVersionId), {
      columns: wanted,
      timeColumn,
      ...referenceRange(data.rowCount, trained),
    });
    const prepared = JSON.stringify(prepareColumns(columns, table));
    const { digest } = await blobs.put(new TextEncoder().encode(prepared), { mediaType: 'application/json' });
    return { datasetVersionId, rows: table.rowCount, digest };
  };

  const read = async (digest: string): Promise<References> => {
    const { stream } = await blobs.get(digest);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk as Uint8Array);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as References;
  };

  return {
    async of(ctx, endpointId, modelVersionId) {
      const known = await findReference(database.db, endpointId, modelVersionId);
      if (known) return known;
      const made = await prepare(ctx, endpointId, modelVersionId);
      await changes.change(ctx, (change) => insertReference(change.db, ctx.project, made, change.now));
      return (await findReference(database.db, endpointId, modelVersionId)) ?? made;
    },
    async columns({ digest }) {
      if (digest === null) return {};
      let columns = recent.get(digest);
      if (!columns) {
        columns = read(digest);
        columns.catch(() => recent.delete(digest));
      }
      // The one used last is evicted last.
      recent.delete(digest);
      recent.set(digest, columns);
      for (const oldest of recent.keys()) {
        if (recent.size <= cached) break;
        recent.delete(oldest);
      }
      return columns;
    },
  };
};
