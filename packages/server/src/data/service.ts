import { rm } from 'node:fs/promises';
import {
  type Check,
  type CheckResult,
  type Column,
  type Dataset,
  type DatasetVersion,
  type Page,
  type Refusal,
} from '@millwright/contract';
import type { LineageRef, LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import { defineCheck } from './checks/check.ts';
import * as checkStore from './checks/store.ts';
import { type Format, receive, runChecks, toCheck } from './intake.ts';
import { readRows } from './rows/store.ts';
import * as store from './store.ts';
import { addVersion } from './versions.ts';

export interface DataDeps {
  lineage: LineageService;
}

export interface NewDataset {
  name: string;
  description?: string | undefined;
  timeColumn?: string | undefined;
  targetColumn?: string | undefined;
}

export interface UploadSource {
  stream: AsyncIterable<Uint8Array>;
  /** `text/csv` or `application/vnd.apache.parquet`. */
  mediaType: string;
  note?: string | undefined;
}

export interface SnapshotSource {
  /** A Parquet file from `blobs.openTemp`; it is gone afterwards. */
  path: string;
  origin: 'snapshot';
  note: string;
  /** What the rows came from, for the lineage. */
  inputs: readonly LineageRef[];
  /** The same key again answers the version made with it. */
  originKey?: string | undefined;
}

interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** `ref` is the id or the name of a data set. Errors of all: NOT_FOUND. */
export interface DataService {
  /** Errors: NAME_TAKEN. */
  createDataset(ctx: Ctx, input: NewDataset): Promise<Dataset>;
  /** The data set of that name, created when there is none; an existing one is left as it is. */
  ensureDataset(ctx: Ctx, input: NewDataset): Promise<Dataset>;
  findDataset(ctx: Ctx, ref: string): Promise<Dataset>;
  listDatasets(ctx: Ctx, page: PageFilter): Promise<Page<Dataset>>;

  /** Errors: DATA_REFUSED, CHECKS_FAILED, MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, BODY_UNREADABLE, STORAGE_FULL. */
  upload(ctx: Ctx, ref: string, source: UploadSource): Promise<DatasetVersion>;
  /** Errors: DATA_REFUSED, CHECKS_FAILED. */
  createVersionFromParquet(ctx: Ctx, ref: string, source: SnapshotSource): Promise<DatasetVersion>;
  findVersion(ctx: Ctx, versionId: string): Promise<DatasetVersion>;
  /** Errors: NOT_FOUND also when there is no version yet. */
  latestVersion(ctx: Ctx, ref: string): Promise<DatasetVersion>;
  listVersions(ctx: Ctx, ref: string, page: PageFilter): Promise<Page<DatasetVersion>>;
  /** Path of a local Parquet file whose bytes were verified. Read only. Errors: BLOB_CORRUPT. */
  versionFile(ctx: Ctx, versionId: string): Promise<string>;
  /** Timestamps are epoch ms; integers beyond 2^53 are text. */
  preview(
    ctx: Ctx,
    versionId: string,
    window: { offset: number; limit: number },
  ): Promise<{ columns: Column[]; rows: unknown[][]; rowCount: number }>;
  /** Errors: RANGE_UNSATISFIABLE. */
  download(ctx: Ctx, versionId: string, headers: RangeHeaders): Promise<StreamReply>;

  /** Runs the checks as they are enabled now; what was found when the version came in stays with it. */
  checkVersion(ctx: Ctx, versionId: string): Promise<CheckResult[]>;
  listChecks(ctx: Ctx, ref: string): Promise<Check[]>;
  /** Errors: INVALID_INPUT. */
  createCheck(
    ctx: Ctx,
    ref: string,
    input: Pick<Check, 'kind' | 'severity'> & {
      column?: string | undefined;
      parameters?: Check['parameters'] | undefined;
    },
  ): Promise<Check>;
  /** Errors: INVALID_INPUT. */
  updateCheck(
    ctx: Ctx,
    ref: string,
    checkId: string,
    input: {
      enabled?: boolean | undefined;
      severity?: Check['severity'] | undefined;
      parameters?: Check['parameters'] | undefined;
    },
  ): Promise<Check>;
  listRefusals(ctx: Ctx, ref: string, page: PageFilter): Promise<Page<Refusal>>;
}

const formats: Record<string, Format> = { 'text/csv': 'csv', 'application/vnd.apache.parquet': 'parquet' };

export const createData = (platform: Platform, { lineage }: DataDeps): DataService => {
  const { blobs, changes, ids, tables } = platform;
  const { db } = platform.database;
  lineage.registerLabels('dataset', (project, refs) => store.datasetLabels(db, project, refs));
  lineage.registerLabels('dataset-version', (project, refs) => store.versionLabels(db, project, refs));

  const findDataset = async (ctx: Ctx, ref: string): Promise<Dataset> =>
    (await store.findDataset(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no data set '${ref}' in project '${ctx.project}'.`);
  const findVersion = async (ctx: Ctx, versionId: string): Promise<DatasetVersion> =>
    (await store.findVersion(db, ctx.project, versionId)) ??
    fail('NOT_FOUND', `There is no data set version '${versionId}' in project '${ctx.project}'.`);
  const columnsOf = async (ctx: Ctx, dataset: Dataset): Promise<Column[] | null> =>
    dataset.latestVersion === null ? null : (await findVersion(ctx, dataset.latestVersion.id)).columns;

  const service: DataService = {
    async createDataset(ctx, input) {
      try {
        return await changes.change(ctx, async (change) => {
          const dataset: store.NewDataset = {
            id: ids.next('ds'),
            name: input.name,
            description: input.description ?? '',
            timeColumn: input.timeColumn ?? null,
            targetColumn: input.targetColumn ?? null,
            owner: ctx.actor.name,
            createdAt: change.now,
            updatedAt: change.now,
          };
          await store.insertDataset(change.db, ctx.project, dataset);
          const { id: resourceId, name } = dataset;
          change.audit({ verb: 'dataset.create', resourceType: 'dataset', resourceId, detail: { name } });
          return { ...dataset, latestVersion: null, health: 'empty' };
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        return fail('NAME_TAKEN', `There is a data set '${input.name}' already. Upload to it, or choose another name.`);
      }
    },
    async ensureDataset(ctx, input) {
      const known = await store.findDataset(db, ctx.project, input.name);
      if (known) return known;
      try {
        return await service.createDataset(ctx, input);
      } catch (error) {
        // Somebody else was faster.
        if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return findDataset(ctx, input.name);
        throw error;
      }
    },
    findDataset,
    listDatasets: (ctx, page) => store.listDatasets(db, ctx.project, page),

    async upload(ctx, ref, { stream, mediaType, note = '' }) {
      const format = formats[mediaType];
      if (!format)
        return fail(
          'MEDIA_TYPE_UNSUPPORTED',
          `Send the file as ${Object.keys(formats).join(' or ')}, not as ${mediaType}.`,
        );
      const dataset = await findDataset(ctx, ref);
      await using file = await receive(blobs, stream, `.${format}`);
      const source = { path: file.path, format, origin: 'upload', note, inputs: [], originKey: null } as const;
      return await addVersion({ platform, lineage, ctx, source }, dataset.id);
    },
    async createVersionFromParquet(ctx, ref, { path, origin, note, inputs, originKey = null }) {
      try {
        const dataset = await findDataset(ctx, ref);
        const source = { path, format: 'parquet', origin, note, inputs, originKey } as const;
        return await addVersion({ platform, lineage, ctx, source }, dataset.id);
      } finally {
        await rm(path, { force: true });
      }
    },
    findVersion,
    async latestVersion(ctx, ref) {
      const dataset = await findDataset(ctx, ref);
      if (dataset.latestVersion === null)
        return fail('NOT_FOUND', `The data set '${dataset.name}' has no version yet: upload a file first.`);
      return findVersion(ctx, dataset.latestVersion.id);
    },
    async listVersions(ctx, ref, page) {
      return store.listVersions(db, ctx.project, (await findDataset(ctx, ref)).id, page);
    },
    versionFile: async (ctx, versionId) => blobs.localPath((await findVersion(ctx, versionId)).digest),
    async preview(ctx, versionId, window) {
      const { columns, rowCount, digest } = await findVersion(ctx, versionId);
      return { columns, rowCount, rows: await readRows(tables, await blobs.localPath(digest), columns, window) };
    },
    async download(ctx, versionId, headers) {
      const version = await findVersion(ctx, versionId);
      const fileName = `${version.datasetName}-v${version.number}.parquet`;
      return blobReply(blobs, { ...version, fileName, mediaType: 'application/vnd.apache.parquet' }, headers);
    },

    async checkVersion(ctx, versionId) {
      const version = await findVersion(ctx, versionId);
      const checks = await checkStore.listChecks(db, ctx.project, version.datasetId);
      const path = await blobs.localPath(version.digest);
      return runChecks(
        tables,
        { ...version, path },
        checks.filter((check) => check.enabled),
      );
    },
    async listChecks(ctx, ref) {
      return checkStore.listChecks(db, ctx.project, (await findDataset(ctx, ref)).id);
    },
    async createCheck(ctx, ref, input) {
      const dataset = await findDataset(ctx, ref);
      const definition = defineCheck({ ...input, parameters: input.parameters ?? {} }, await columnsOf(ctx, dataset));
      const check = toCheck(ids, definition, 'user');
      return changes.change(ctx, async (change) => {
        await checkStore.insertChecks(change.db, ctx.project, dataset.id, [check]);
        const detail = { checkId: check.id, ...definition };
        change.audit({ verb: 'check.create', resourceType: 'dataset', resourceId: dataset.id, detail });
        return check;
      });
    },
    async updateCheck(ctx, ref, checkId, input) {
      const dataset = await findDataset(ctx, ref);
      const columns = await columnsOf(ctx, dataset);
      return changes.change(ctx, async (change) => {
        const known =
          (await checkStore.findCheck(change.db, ctx.project, dataset.id, checkId)) ??
          fail('NOT_FOUND', `The data set '${dataset.name}' has no check '${checkId}'.`);
        const wanted = {
          ...known,
          severity: input.severity ?? known.severity,
          enabled: input.enabled ?? known.enabled,
        };
        // A check that is only switched or weighed may have been made before there were columns.
        const check =
          input.parameters === undefined
            ? wanted
            : { ...wanted, ...defineCheck({ ...wanted, parameters: input.parameters }, columns) };
        await checkStore.updateCheck(change.db, ctx.project, check);
        const { enabled, severity, parameters } = check;
        const detail = { checkId, enabled, severity, parameters };
        change.audit({ verb: 'check.update', resourceType: 'dataset', resourceId: dataset.id, detail });
        return check;
      });
    },
    async listRefusals(ctx, ref, page) {
      return store.listRefusals(db, ctx.project, (await findDataset(ctx, ref)).id, page);
    },
  };
  return service;
};
