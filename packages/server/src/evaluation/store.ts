import type { Evaluation, Page } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import type { EvaluationTables } from './tables.ts';

const tables = (db: Db) => db.withTables<EvaluationTables>();

export const insertEvaluation = async (
  db: Db,
  project: string,
  evaluation: Evaluation,
  originKey: string | null,
): Promise<void> => {
  await tables(db)
    .insertInto('evaluations')
    .values({
      id: evaluation.id,
      project,
      run_id: evaluation.runId,
      dataset_version_id: evaluation.datasetVersionId,
      model_digest: evaluation.modelDigest,
      task: evaluation.task,
      row_count: evaluation.rows,
      holdout_from: evaluation.holdoutFrom,
      created_at: evaluation.createdAt,
      metrics: encodeJson(evaluation.metrics),
      classes: evaluation.classes && encodeJson(evaluation.classes),
      confusion: evaluation.confusion && encodeJson(evaluation.confusion),
      comparisons: encodeJson(evaluation.comparisons),
      gate: encodeJson(evaluation.gate),
      origin_key: originKey,
    })
    .execute();
};

const toEvaluation = (row: EvaluationTables['evaluations']): Evaluation => ({
  id: row.id,
  runId: row.run_id,
  datasetVersionId: row.dataset_version_id,
  modelDigest: row.model_digest,
  task: row.task,
  rows: row.row_count,
  holdoutFrom: row.holdout_from,
  createdAt: row.created_at,
  metrics: decodeJson(row.metrics),
  classes: row.classes === null ? null : decodeJson(row.classes),
  confusion: row.confusion === null ? null : decodeJson(row.confusion),
  comparisons: decodeJson(row.comparisons),
  gate: decodeJson(row.gate),
});

export const findEvaluation = async (
  db: Db,
  project: string,
  by: { id: string } | { originKey: string },
): Promise<Evaluation | null> => {
  const all = tables(db).selectFrom('evaluations').selectAll().where('project', '=', project);
  const row = await ('id' in by
    ? all.where('id', '=', by.id)
    : all.where('origin_key', '=', by.originKey)
  ).executeTakeFirst();
  return row ? toEvaluation(row) : null;
};

export const listEvaluations = async (
  db: Db,
  project: string,
  query: { limit?: number | undefined; cursor?: string | undefined; runId?: string | undefined },
): Promise<Page<Evaluation>> => {
  const limit = query.limit ?? 100;
  const after = decodeCursor(query.cursor);
  let rows = tables(db).selectFrom('evaluations').selectAll().where('project', '=', project);
  if (query.runId !== undefined) rows = rows.where('run_id', '=', query.runId);
  if (after) rows = rows.where('id', '<', String(after[0]));
  const found = await rows
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return pageFrom(found, limit, (row) => [row.id], toEvaluation);
};

/** How an evaluation is called in the lineage: its verdict and its first metric. */
export const evaluationLabels = async (
  db: Db,
  project: string,
  ids: readonly string[],
): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('evaluations')
    .select(['id', 'metrics', 'gate'])
    .where('project', '=', project)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, labelOf(decodeJson(row.metrics), decodeJson(row.gate))]));
};

const labelOf = (metrics: Evaluation['metrics'], { verdict }: Evaluation['gate']): string => {
  const [name, value = 0] = Object.entries(metrics)[0] ?? [];
  const gate = verdict === 'none' ? 'no gate' : `gate ${verdict}`;
  return name === undefined ? gate : `${gate}, ${name} ${Number(value.toPrecision(3))}`;
};
