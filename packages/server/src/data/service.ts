import type { Readable } from 'node:stream';
import type { Check, CheckResult, Column, Dataset, DatasetVersion, Page, Refusal } from '@millwright/contract';
import type { LineageRef, LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { StreamReply } from '#platform/http';

export interface DataDeps {
  lineage: LineageService;
}

export interface UploadSource {
  stream: AsyncIterable<Uint8Array>;
  mediaType: string;
  note?: string | undefined;
}

export interface SnapshotSource {
  /** A Parquet file that may be consumed, from `blobs.openTemp`. */
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
  createDataset(
    ctx: Ctx,
    input: {
      name: string;
      description?: string | undefined;
      timeColumn?: string | undefined;
      targetColumn?: string | undefined;
    },
  ): Promise<Dataset>;
  /** The data set of that name, created when there is none; an existing one is left as it is. */
  ensureDataset(
    ctx: Ctx,
    input: {
      name: string;
      description?: string | undefined;
      timeColumn?: string | undefined;
      targetColumn?: string | undefined;
    },
  ): Promise<Dataset>;
  findDataset(ctx: Ctx, ref: string): Promise<Dataset>;
  listDatasets(ctx: Ctx, page: PageFilter): Promise<Page<Dataset>>;

  /** Errors: DATA_REFUSED, CHECKS_FAILED, MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, STORAGE_FULL. */
  upload(ctx: Ctx, ref: string, source: UploadSource): Promise<DatasetVersion>;
  createVersionFromParquet(ctx: Ctx, ref: string, source: SnapshotSource): Promise<DatasetVersion>;
  findVersion(ctx: Ctx, versionId: string): Promise<DatasetVersion>;
  /** Errors: NOT_FOUND also when there is no version yet. */
  latestVersion(ctx: Ctx, ref: string): Promise<DatasetVersion>;
  listVersions(ctx: Ctx, ref: string, page: PageFilter): Promise<Page<DatasetVersion>>;
  /** Path of a local Parquet file whose bytes were verified. Read only. */
  versionFile(ctx: Ctx, versionId: string): Promise<string>;
  preview(
    ctx: Ctx,
    versionId: string,
    window: { offset: number; limit: number },
  ): Promise<{ columns: Column[]; rows: unknown[][]; rowCount: number }>;
  download(ctx: Ctx, versionId: string, range: string | undefined): Promise<StreamReply & { stream: Readable }>;

  /** Runs the checks as they are enabled now; what was found when the version came in stays with it. */
  checkVersion(ctx: Ctx, versionId: string): Promise<CheckResult[]>;
  listChecks(ctx: Ctx, ref: string): Promise<Check[]>;
  createCheck(
    ctx: Ctx,
    ref: string,
    input: {
      kind: Check['kind'];
      column?: string | undefined;
      parameters?: Record<string, unknown> | undefined;
      severity: Check['severity'];
    },
  ): Promise<Check>;
  updateCheck(
    ctx: Ctx,
    ref: string,
    checkId: string,
    input: {
      enabled?: boolean | undefined;
      severity?: Check['severity'] | undefined;
      parameters?: Record<string, unknown> | undefined;
    },
  ): Promise<Check>;
  listRefusals(ctx: Ctx, ref: string, page: PageFilter): Promise<Page<Refusal>>;
}
