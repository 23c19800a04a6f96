import { type Db, decodeJson, encodeJson } from '#platform/db';
import { fail } from '#platform/errors';
import { type Tables, identifier } from '#platform/tables';
import type { ServingTables } from '../../tables.ts';
import type { MergeablePart } from '../merge-plan.ts';
import { type CapturedColumn, partColumns } from '../part-builder.ts';

const tables = (db: Db) => db.withTables<ServingTables>();
/** Larger parts are left as they are, and need not be looked at. */
const smallRows = 50_000;

export interface SmallPart extends MergeablePart {
  id: string;
  project: string;
  endpointId: string;
  segmentId: string;
  digest: string;
  inputs: CapturedColumn[];
}

/** In the order of their rows. */
export const smallParts = async (db: Db, endpointId: string): Promise<SmallPart[]> => {
  const rows = await tables(db)
    .selectFrom('captured_parts')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where((e) => e(e('to_row', '-', e.ref('from_row')), '<', smallRows))
    .orderBy('from_row')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    project: row.project,
    endpointId: row.endpoint_id,
    segmentId: row.segment_id,
    fromRow: Number(row.from_row),
    toRow: Number(row.to_row),
    sizeBytes: Number(row.size_bytes),
    digest: row.digest,
    inputs: decodeJson(row.inputs),
  }));
};

/** One part instead of neighbours. Errors: CONFLICT when somebody else has replaced one of them. */
export const replaceParts = async (
  db: Db,
  run: readonly SmallPart[],
  merged: { id: string; digest: string; sizeBytes: number; inputs: CapturedColumn[]; now: number },
): Promise<void> => {
  const [first, last] = [run[0] as SmallPart, run.at(-1) as SmallPart];
  const gone = await tables(db)
    .deleteFrom('captured_parts')
    .where(
      'id',
      'in',
      run.map(({ id }) => id),
    )
    .returning('id')
    .execute();
  if (gone.length < run.length) fail('CONFLICT', 'Parts of captured predictions were merged by another server.');
  await tables(db)
    .insertInto('captured_parts')
    .values({
      id: merged.id,
      project: first.project,
      endpoint_id: first.endpointId,
      segment_id: first.segmentId,
      from_row: first.fromRow,
      to_row: last.toRow,
      digest: merged.digest,
      size_bytes: merged.sizeBytes,
      inputs: encodeJson(merged.inputs),
      created_at: merged.now,
    })
    .execute();
};

export const isPart = async (db: Db, digest: string): Promise<boolean> =>
  (await tables(db).selectFrom('captured_parts').select('id').where('digest', '=', digest).executeTakeFirst()) !==
  undefined;

export const forgetSegments = async (db: Db, endpointId: string, before: number): Promise<void> => {
  await tables(db)
    .deleteFrom('captured_segments')
    .where('endpoint_id', '=', endpointId)
    .where('taken_at', '<', before)
    .execute();
};

/** The rows of all sources behind each other, numbered anew from 0. */
export const writeMerged = (
  engine: Tables,
  {
    sources,
    inputs,
    outPath,
  }: { sources: readonly { part: SmallPart; path: string }[]; inputs: readonly CapturedColumn[]; outPath: string },
): Promise<{ rowCount: number }> => {
  const first = sources[0]?.part.fromRow ?? 0;
  const fixed = partColumns.map(identifier).join(', ');
  const selects = sources.map(({ part }, index) => {
    const own = inputs.map(({ name, kind, column }) => {
      const found = part.inputs.find((input) => input.name === name);
      const value = found && found.kind === kind ? identifier(found.column) : 'NULL';
      return `, CAST(${value} AS ${kind === 'category' ? 'VARCHAR' : 'DOUBLE'}) AS ${identifier(column)}`;
    });
    return `SELECT CAST(row_in_part + ${part.fromRow - first} AS BIGINT) AS row_in_part, ${fixed}${own.join('')} FROM part${index}`;
  });
  return engine.writeQuery(`SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY row_in_part`, {
    relations: Object.fromEntries(sources.map(({ path }, index) => [`part${index}`, [path]])),
    outPath,
  });
};
