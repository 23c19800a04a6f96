import { type Dataset, type DatasetVersion, type Refusal } from '@millwright/contract';
import type { LineageRef, LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import { insertChecks, listChecks } from './checks/store.ts';
import { type Converted, convert, type Examined, examine, type Format, type Refused, sizeOf } from './intake.ts';
import {
  findDataset,
  findVersion,
  findVersionBy,
  insertRefusal,
  insertVersion,
  lockDataset,
  updateDataset,
} from './store.ts';

export interface VersionSource {
  /** The file as it came. It is read, not consumed. */
  path: string;
  format: Format;
  origin: DatasetVersion['origin'];
  note: string;
  inputs: readonly LineageRef[];
  originKey: string | null;
}

interface Work {
  platform: Platform;
  lineage: LineageService;
  ctx: Ctx;
  source: VersionSource;
}

/**
 * From a file to a version, all or nothing: what is refused leaves a refusal and no other trace. Content that a version
 * of the data set has already answers that version.
 */
export const addVersion = async (work: Work, datasetId: string): Promise<DatasetVersion> => {
  const { project } = work.ctx;
  const { db } = work.platform.database;
  for (;;) {
    const { originKey } = work.source;
    const made = originKey === null ? null : await findVersionBy(db, project, { originKey });
    if (made) return made;
    const dataset = await findDataset(db, project, datasetId);
    if (!dataset) return fail('NOT_FOUND', `There is no data set '${datasetId}'.`);
    const version = await tryToAdd(work, dataset);
    if (version !== null) return version;
  }
};

/** Null: somebody else has added the first version meanwhile, and this file must be read again with its types. */
const tryToAdd = async (work: Work, dataset: Dataset): Promise<DatasetVersion | null> => {
  const { platform, ctx, source } = work;
  const { db } = platform.database;
  const { latestVersion, timeColumn } = dataset;
  const latest = latestVersion === null ? null : await findVersion(db, ctx.project, latestVersion.id);
  await using out = await platform.blobs.openTemp('.parquet');
  const table = await convert(platform, { ...source, outPath: out.path }, latest?.columns ?? null, dataset);
  if (!table.ok) return await refuse(work, dataset, table);
  const key = { datasetId: dataset.id, digest: table.digest };
  let examined: Examined | null = null;
  if ((await findVersionBy(db, ctx.project, key)) === null) {
    const checks = await listChecks(db, ctx.project, dataset.id);
    const options = { checks, isFirst: latest === null, timeColumn, format: source.format };
    const outcome = await examine(platform, table, options);
    if (!outcome.ok) return await refuse(work, dataset, outcome);
    examined = outcome;
  }
  const sizeBytes = await sizeOf(out.path);
  await platform.blobs.putFile(out.path, { expectedDigest: table.digest });
  return await platform.changes.change(ctx, (change) =>
    commit(work, change, dataset, { ...table, sizeBytes }, examined, latest === null),
  );
};

const commit = async (
  { platform, lineage, ctx, source }: Work,
  change: Change,
  dataset: Dataset,
  table: Converted & { sizeBytes: number },
  examined: Examined | null,
  isFirst: boolean,
): Promise<DatasetVersion | null> => {
  const { project } = ctx;
  const versionCount = await lockDataset(change.db, project, dataset.id);
  const known = await findVersionBy(change.db, project, { datasetId: dataset.id, digest: table.digest });
  if (known) {
    if (known.number === versionCount)
      await updateDataset(change.db, project, dataset.id, { health: healthOf(known) }, change.now);
    change.audit({
      verb: 'dataset-version.create',
      resourceType: 'dataset-version',
      resourceId: known.id,
      detail: { dataset: dataset.name, number: known.number, digest: known.digest, alreadyThere: true },
    });
    return known;
  }
  if (examined === null || (isFirst && versionCount > 0)) return null;
  const version: DatasetVersion = {
    id: platform.ids.next('dsv'),
    datasetId: dataset.id,
    datasetName: dataset.name,
    number: versionCount + 1,
    digest: table.digest,
    sizeBytes: table.sizeBytes,
    rowCount: table.rowCount,
    columns: table.columns,
    profile: examined.profile,
    checkResults: examined.results,
    origin: source.origin,
    note: source.note,
    createdBy: ctx.actor.name,
    createdAt: change.now,
  };
  const { id, number, digest, rowCount, origin } = version;
  await insertChecks(change.db, project, dataset.id, examined.inferred);
  await insertVersion(change.db, project, version, source.originKey);
  await updateDataset(change.db, project, dataset.id, { health: healthOf(version), versionCount: number }, change.now);
  const to = { type: 'dataset-version', id };
  await lineage.link(change, { project, from: { type: 'dataset', id: dataset.id }, to, kind: 'version' });
  for (const from of source.inputs) await lineage.link(change, { project, from, to, kind: origin });
  const detail = { dataset: dataset.name, number, digest, rowCount, origin };
  change.audit({ verb: 'dataset-version.create', resourceType: 'dataset-version', resourceId: id, detail });
  change.emit('data.version-created', id, {
    datasetId: dataset.id,
    datasetName: dataset.name,
    number,
    rowCount,
    origin,
  });
  failurePoint('upload.before-commit');
  return version;
};

const healthOf = (version: DatasetVersion): Dataset['health'] =>
  version.checkResults.every((result) => result.passed) ? 'ok' : 'warning';

/** Keeps why, in a change of its own, and tells the caller. */
const refuse = async ({ platform, ctx, source }: Work, dataset: Dataset, refused: Refused): Promise<never> => {
  const sizeBytes = await sizeOf(source.path);
  const { problems, problemCount, code } = refused;
  const reason = reasonOf(refused);
  await platform.changes.change(ctx, async (change) => {
    const refusal: Refusal = {
      id: platform.ids.next('ref'),
      datasetId: dataset.id,
      at: change.now,
      by: ctx.actor.name,
      reason,
      sizeBytes,
      problemCount,
      problems,
    };
    await insertRefusal(change.db, ctx.project, refusal);
    await updateDataset(change.db, ctx.project, dataset.id, { health: 'failing' }, change.now);
    change.audit({
      verb: 'dataset-version.refuse',
      resourceType: 'dataset',
      resourceId: dataset.id,
      detail: { refusalId: refusal.id, code, reason, problemCount },
    });
    change.emit('data.upload-refused', dataset.id, {
      refusalId: refusal.id,
      datasetName: dataset.name,
      reason,
      problemCount,
    });
  });
  return fail(code, reason, {
    problemCount,
    problems: problems.map((problem) => ({ path: placeOf(problem), ...problem })),
  });
};

const placeOf = ({ line, column }: Refusal['problems'][number]): string =>
  [line === null ? [] : `line ${line}`, column === null ? [] : `column ${column}`].flat().join(', ') || 'file';

const reasonOf = ({ code, problems, problemCount }: Refused): string => {
  const [first] = problems;
  const where = first && code === 'DATA_REFUSED' ? placeOf(first) : 'file';
  const place = where === 'file' ? '' : `${where.charAt(0).toUpperCase()}${where.slice(1)}: `;
  const more = problemCount > 1 ? ` (and ${problemCount - 1} more)` : '';
  return `${place}${first?.message ?? 'The file was refused'}${more}. Nothing of the file was taken in.`;
};
