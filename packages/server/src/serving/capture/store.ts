import { type Db, decodeJson, encodeJson } from '#platform/db';
import { type ColumnarTable, type Tables, identifier } from '#platform/tables';
import type { ServingTables } from '../tables.ts';
import type { CapturedColumn } from './part-builder.ts';

const tables = (db: Db) => db.withTables<ServingTables>();

// SQLite takes 32,766 values per statement, PostgreSQL 65,535.
const chunkRows = 2000;
const chunked = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / chunkRows) }, (_, i) =>
    items.slice(i * chunkRows, (i + 1) * chunkRows),
  );

export interface CapturedPart {
  endpointId: string;
  fromRow: number;
  toRow: number;
  digest: string;
  inputs: CapturedColumn[];
}

export interface RolloutTurn {
  rolloutId: string | null;
  turn: number;
}

export const hasPart = async (db: Db, endpointId: string, segmentId: string): Promise<boolean> =>
  (await tables(db)
    .selectFrom('captured_segments')
    .select('segment_id')
    .where('endpoint_id', '=', endpointId)
    .where('segment_id', '=', segmentId)
    .executeTakeFirst()) !== undefined;

/** Numbers the rows of a part behind those that exist: the lock on the endpoint's row keeps the numbers without gaps. */
export const insertPart = async (
  db: Db,
  part: {
    id: string;
    project: string;
    endpointId: string;
    segmentId: string;
    rows: number;
    digest: string;
    sizeBytes: number;
    inputs: CapturedColumn[];
    now: number;
  },
): Promise<(RolloutTurn & { toRow: number }) | null> => {
  const endpoint = await tables(db)
    .updateTable('endpoints')
    .set((e) => ({ captured: e('captured', '+', part.rows) }))
    .where('id', '=', part.endpointId)
    .returning(['captured', 'rollout_id', 'evaluation_turn'])
    .executeTakeFirst();
  if (!endpoint) return null;
  const toRow = Number(endpoint.captured);
  await tables(db)
    .insertInto('captured_segments')
    .values({ endpoint_id: part.endpointId, segment_id: part.segmentId, taken_at: part.now })
    .execute();
  await tables(db)
    .insertInto('captured_parts')
    .values({
      id: part.id,
      project: part.project,
      endpoint_id: part.endpointId,
      segment_id: part.segmentId,
      from_row: toRow - part.rows,
      to_row: toRow,
      digest: part.digest,
      size_bytes: part.sizeBytes,
      inputs: encodeJson(part.inputs),
      created_at: part.now,
    })
    .execute();
  return { toRow, rolloutId: endpoint.rollout_id, turn: Number(endpoint.evaluation_turn) };
};

export const partsBetween = async (
  db: Db,
  endpointId: string,
  fromRow: number,
  toRow: number,
): Promise<CapturedPart[]> => {
  const rows = await tables(db)
    .selectFrom('captured_parts')
    .select(['from_row', 'to_row', 'digest', 'inputs'])
    .where('endpoint_id', '=', endpointId)
    .where('to_row', '>', fromRow)
    .where('from_row', '<', toRow)
    .orderBy('from_row')
    .execute();
  return rows.map((row) => ({
    endpointId,
    fromRow: Number(row.from_row),
    toRow: Number(row.to_row),
    digest: row.digest,
    inputs: decodeJson(row.inputs),
  }));
};

export const addDrops = async (
  db: Db,
  drops: readonly { endpointId: string; reason: string; dropped: number }[],
): Promise<void> => {
  for (const drop of drops)
    await tables(db)
      .insertInto('capture_drops')
      .values({ endpoint_id: drop.endpointId, reason: drop.reason, dropped: drop.dropped })
      .onConflict((conflict) =>
        conflict
          .columns(['endpoint_id', 'reason'])
          .doUpdateSet((e) => ({ dropped: e('capture_drops.dropped', '+', e.ref('excluded.dropped')) })),
      )
      .execute();
};

export const dropsOf = async (db: Db, endpointIds: readonly string[]): Promise<Map<string, number>> => {
  if (endpointIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('capture_drops')
    .select(['endpoint_id', (e) => e.fn.sum<number>('dropped').as('dropped')])
    .where('endpoint_id', 'in', [...endpointIds])
    .groupBy('endpoint_id')
    .execute();
  return new Map(rows.map((row) => [row.endpoint_id, Number(row.dropped)]));
};

export interface NewLabel {
  predictionId: string;
  value: string;
  at: number | null;
}

/**
 * The last label of a prediction counts; one with the same value changes nothing. `labels` holds each prediction once.
 * Numbers are given under the lock of the endpoint's row: whoever has read up to n has missed nothing below n. A label that
 * replaces another keeps the number it had.
 */
export const upsertLabels = async (
  db: Db,
  endpointId: string,
  labels: readonly NewLabel[],
  now: number,
): Promise<RolloutTurn & { inserted: number; changed: number }> => {
  const endpoint = await tables(db)
    .updateTable('endpoints')
    .set((e) => ({ label_seq: e('label_seq', '+', labels.length) }))
    .where('id', '=', endpointId)
    .returning(['label_seq', 'rollout_id', 'evaluation_turn'])
    .executeTakeFirstOrThrow();
  const first = Number(endpoint.label_seq) - labels.length;
  let inserted = 0;
  let changed = 0;
  for (const chunk of chunked(labels.map((label, index) => ({ label, seq: first + index + 1 })))) {
    const rows = await tables(db)
      .insertInto('labels')
      .values(
        chunk.map(({ label, seq }) => ({
          endpoint_id: endpointId,
          prediction_id: label.predictionId,
          value: label.value,
          at: label.at,
          received_at: now,
          seq,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['endpoint_id', 'prediction_id'])
          .doUpdateSet((e) => ({
            value: e.ref('excluded.value'),
            at: e.ref('excluded.at'),
            received_at: e.ref('excluded.received_at'),
          }))
          .where((e) => e('labels.value', '<>', e.ref('excluded.value'))),
      )
      .returning('seq')
      .execute();
    changed += rows.length;
    inserted += rows.filter((row) => Number(row.seq) > first).length;
  }
  if (inserted > 0)
    await tables(db)
      .updateTable('endpoints')
      .set((e) => ({ labels: e('labels', '+', inserted) }))
      .where('id', '=', endpointId)
      .execute();
  return { inserted, changed, rolloutId: endpoint.rollout_id, turn: Number(endpoint.evaluation_turn) };
};

/** Labels of the given predictions, of those with numbers up to `throughSeq`. */
export const labelsOf = async (
  db: Db,
  endpointId: string,
  predictionIds: readonly string[],
  throughSeq = Number.MAX_SAFE_INTEGER,
): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (const chunk of chunked(predictionIds)) {
    const rows = await tables(db)
      .selectFrom('labels')
      .select(['prediction_id', 'value'])
      .where('endpoint_id', '=', endpointId)
      .where('prediction_id', 'in', chunk)
      .where('seq', '<=', throughSeq)
      .execute();
    for (const row of rows) found.set(row.prediction_id, row.value);
  }
  return found;
};

/** Labels numbered after `afterSeq` up to `throughSeq`. */
export const labelsBetween = async (
  db: Db,
  endpointId: string,
  afterSeq: number,
  throughSeq: number,
): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('labels')
    .select(['prediction_id', 'value'])
    .where('endpoint_id', '=', endpointId)
    .where('seq', '>', afterSeq)
    .where('seq', '<=', throughSeq)
    .orderBy('seq')
    .execute();
  return new Map(rows.map((row) => [row.prediction_id, row.value]));
};

/** Rows of one part from DuckDB: `columns` of the file, from row `from` of the part up to `to`. */
export const readPart = (
  engine: Tables,
  path: string,
  columns: readonly string[],
  from: number,
  to: number,
): Promise<ColumnarTable> =>
  engine.columns(
    `SELECT ${columns.map(identifier).join(', ')} FROM part WHERE row_in_part >= $from AND row_in_part < $to ORDER BY row_in_part`,
    { relations: { part: [path] }, params: { from, to } },
  );

/** Rows with the given prediction ids of whichever part, of each those from row `from` up to `to`. */
export const findInParts = (
  engine: Tables,
  paths: readonly string[],
  columns: readonly string[],
  { predictionIds, from, to }: { predictionIds: readonly string[]; from: number; to: number },
): Promise<ColumnarTable> =>
  engine.columns(
    `SELECT ${columns.map(identifier).join(', ')} FROM parts WHERE row_in_part >= $from AND row_in_part < $to AND prediction_id IN (SELECT unnest($ids)) ORDER BY prediction_id`,
    { relations: { parts: paths }, params: { ids: [...predictionIds], from, to } },
  );
