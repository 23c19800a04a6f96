import type { Evaluation, ModelVersion, TrainResult } from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import type { ExperimentsService } from '#experiments';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, referred } from '#platform/errors';
import { hexOf } from '#platform/ids';
import type { TrainingService } from '#training';
import { awaitingTests, firstApproval } from '../approval.ts';
import { beginRun } from '../contracts/gate.ts';
import { lockModel, type SavedModel, takeVersionNumber, updateModel } from '../models/store.ts';
import { policyOf } from '../policies/service.ts';
import { tellDecided } from './deciding.ts';
import { readManifest, type VersionFiles } from './files.ts';
import { findVersionByOrigin, insertVersion, type SavedVersion } from './store.ts';

export interface RegisterRequest {
  runId: string;
  evaluationId?: string;
  note?: string;
  /** A second call with the same key answers the version that the first one made. */
  originKey?: string;
}

/** A version whose files its client has put somewhere. The source is kept as text and never fetched from here. */
export interface SourceRequest {
  source: string;
  /** Where the files lie here; null: elsewhere. */
  files: { root: string; path: string } | null;
  /** Where clients fetch the files from, when it is not the source itself. */
  downloadUri?: string | null | undefined;
  /** Need not be here. */
  runId?: string | null | undefined;
  /** The same as its client spells it. */
  namedRun?: string | null | undefined;
  runLink?: string | undefined;
  note?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface Sources {
  lineage: LineageService;
  training: Pick<TrainingService, 'trainResultOf' | 'readTable'>;
  evaluation: Pick<EvaluationService, 'getEvaluation'>;
  experiments: VersionFiles & Pick<ExperimentsService, 'runExists' | 'getRun'>;
}

const evaluationOf = async (
  sources: Sources,
  ctx: Ctx,
  id: string | undefined,
  trained: TrainResult,
): Promise<Evaluation | null> => {
  if (id === undefined) return null;
  const evaluation = await referred(sources.evaluation.getEvaluation(ctx, id));
  if (evaluation.modelDigest !== trained.modelDigest)
    fail(
      'INVALID_REFERENCE',
      `The evaluation '${id}' judged another model: ${evaluation.modelDigest}, not ${trained.modelDigest}.`,
    );
  return evaluation;
};

type Content = Pick<
  SavedVersion,
  | 'format'
  | 'digest'
  | 'sizeBytes'
  | 'signature'
  | 'source'
  | 'files'
  | 'downloadUri'
  | 'runId'
  | 'namedRun'
  | 'runLink'
  | 'datasetVersionId'
  | 'tags'
  | 'note'
>;

/** The next version of a model: number, approval, lineage, audit and events in one change. */
const addVersion = (
  platform: Platform,
  { lineage }: Pick<Sources, 'lineage'>,
  ctx: Ctx,
  model: SavedModel,
  content: Content,
  { evaluation = null, originKey = null }: { evaluation?: Evaluation | null; originKey?: string | null } = {},
): Promise<SavedVersion> =>
  platform.changes.change(ctx, async (change) => {
    const { project } = ctx;
    const locked =
      (await lockModel(change.db, project, model.id)) ?? fail('NOT_FOUND', `There is no model '${model.name}'.`);
    const made = originKey === null ? null : await findVersionByOrigin(change.db, project, originKey);
    if (made) return made;
    const numbered = {
      ...content,
      id: platform.ids.next('mv'),
      project,
      modelId: locked.id,
      modelName: locked.name,
      number: await takeVersionNumber(change.db, project, locked.id),
    };
    const tests = await beginRun(change, platform.ids, numbered, {
      trigger: 'registration',
      startedBy: ctx.actor.name,
    });
    const policy = await policyOf(change.db, project, locked.id);
    const version: SavedVersion = {
      ...numbered,
      evaluationId: evaluation?.id ?? null,
      stage: 'None',
      status: 'ready',
      createdBy: ctx.actor.name,
      createdById: ctx.actor.id,
      createdAt: change.now,
      updatedAt: change.now,
      deletedAt: null,
      approval: tests?.required
        ? awaitingTests
        : firstApproval(locked, policy, ctx.actor, evaluation, content.digest, change.now),
    };
    await insertVersion(change.db, version, originKey);
    await updateModel(change.db, project, locked.id, { updated_at: change.now });
    const to = { type: 'model-version', id: version.id };
    const link = async (type: string, id: string | null, kind: string): Promise<void> => {
      if (id !== null) await lineage.link(change, { project, from: { type, id }, to, kind });
    };
    await link('run', version.runId, 'registered');
    await link('dataset-version', version.datasetVersionId, 'trained-on');
    await link('evaluation', version.evaluationId, 'evaluated');
    const { modelId, modelName, number, digest, source, runId, approval } = version;
    const about = { resourceType: 'model-version', resourceId: version.id };
    const detail = { modelId, modelName, number, digest, runId, ...(source === null ? {} : { source }) };
    change.audit({ verb: 'model-version.create', ...about, detail });
    change.emit('registry.version-created', version.id, { modelId, modelName, number, approval: approval.state });
    if (approval.state === 'pending') return version;
    change.audit({ verb: 'model-version.decide', ...about, detail: { ...approval } });
    tellDecided(change, version, approval);
    return version;
  });

/** The model file of a run that was trained here. Errors: INVALID_REFERENCE, MODEL_REFUSED. */
export const registerTrained = async (
  platform: Platform,
  sources: Sources,
  ctx: Ctx,
  model: SavedModel,
  request: RegisterRequest,
): Promise<Pick<ModelVersion, 'id'>> => {
  const { originKey = null, runId } = request;
  const known = originKey === null ? null : await findVersionByOrigin(platform.database.db, ctx.project, originKey);
  if (known) return known;
  const trained = await referred(sources.training.trainResultOf(ctx, runId));
  const evaluation = await evaluationOf(sources, ctx, request.evaluationId, trained);
  if (!(await platform.blobs.has(trained.modelDigest)))
    fail(
      'MODEL_REFUSED',
      `The model file of run '${runId}' (${trained.modelDigest}) is not in the storage. Train it again, or restore the storage.`,
    );
  const content: Content = {
    format: 'onnx',
    digest: trained.modelDigest,
    sizeBytes: trained.modelSizeBytes,
    signature: trained.signature,
    source: null,
    files: null,
    downloadUri: null,
    runId,
    namedRun: hexOf(runId),
    runLink: '',
    datasetVersionId: trained.datasetVersionId,
    tags: {},
    note: request.note ?? '',
  };
  return addVersion(platform, sources, ctx, model, content, { evaluation, originKey });
};

/** Files that an MLflow client has put somewhere. */
export const registerSource = async (
  platform: Platform,
  sources: Sources,
  ctx: Ctx,
  model: SavedModel,
  {
    source,
    files,
    downloadUri = null,
    runId = null,
    namedRun = runId,
    runLink = '',
    note = '',
    tags = {},
  }: SourceRequest,
): Promise<Pick<ModelVersion, 'id'>> => {
  const manifest =
    files === null ? { digest: null, sizeBytes: null } : await readManifest(sources.experiments, ctx, files);
  const isHere = runId !== null && (await sources.experiments.runExists(ctx, runId));
  const content: Content = {
    format: 'mlflow',
    ...manifest,
    signature: null,
    source,
    files,
    downloadUri,
    runId: isHere ? runId : null,
    namedRun,
    runLink,
    datasetVersionId: null,
    tags: { ...tags },
    note,
  };
  return addVersion(platform, sources, ctx, model, content);
};
