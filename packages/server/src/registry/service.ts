import type { Model, ModelVersion, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { StreamReply } from '#platform/http';

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface RegisterRequest {
  runId: string;
  evaluationId?: string;
  note?: string;
  /** A second call with the same key answers the version that the first one made. */
  originKey?: string;
}

export interface RegistryService {
  /** Errors: NAME_TAKEN. */
  createModel(ctx: Ctx, input: { name: string; description?: string; approval?: Model['approval'] }): Promise<Model>;
  /** The model of that name, created when there is none; an existing one keeps its mode of approval. */
  ensureModel(ctx: Ctx, input: { name: string; approval?: Model['approval'] }): Promise<Model>;
  getModel(ctx: Ctx, ref: string): Promise<Model>;
  listModels(ctx: Ctx, filter: PageFilter): Promise<Page<Model>>;
  /** Errors: NOT_FOUND (model), INVALID_REFERENCE (run, evaluation), MODEL_REFUSED (the run has no usable model). */
  registerVersion(ctx: Ctx, modelRef: string, request: RegisterRequest): Promise<ModelVersion>;
  /** Errors: NOT_FOUND. */
  findVersion(ctx: Ctx, versionId: string): Promise<ModelVersion>;
  listVersions(ctx: Ctx, modelRef: string, filter: PageFilter): Promise<Page<ModelVersion>>;
  /** Errors: NOT_FOUND, SELF_APPROVAL, STALE (another digest), CONFLICT (decided already). */
  decideApproval(ctx: Ctx, versionId: string, input: { decision: 'approve' | 'reject'; reason: string; digest: string }): Promise<ModelVersion>;
  setAlias(ctx: Ctx, modelRef: string, alias: string, versionId: string): Promise<Model>;
  deleteAlias(ctx: Ctx, modelRef: string, alias: string): Promise<Model>;
  /** Within a change of another stage. `versionId` null removes the alias. Errors: INVALID_REFERENCE, CONFLICT. */
  moveAlias(change: Change, input: { project: string; modelId: string; alias: string; versionId: string | null }): Promise<void>;
  /** null where the model or the alias does not exist. */
  aliasTarget(ctx: Ctx, modelRef: string, alias: string): Promise<ModelVersion | null>;
  /** Path of a local copy whose bytes were verified against the digest. Read only. Errors: NOT_FOUND, BLOB_CORRUPT. */
  modelFile(versionId: string): Promise<string>;
  /** The model file, verified. `range`: the value of a Range header. */
  download(ctx: Ctx, versionId: string, range: string | undefined): Promise<StreamReply>;
}
