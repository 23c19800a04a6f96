import type { Evaluation, TrainResult } from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { TrainingService } from '#training';
import { firstApproval } from './approval.ts';
import type { RegisterRequest } from './service.ts';
import {
  type SavedModel,
  type SavedVersion,
  findVersionByOrigin,
  insertVersion,
  lockModel,
  takeVersionNumber,
} from './store.ts';

interface Sources {
  lineage: LineageService;
  training: Pick<TrainingService, 'trainResultOf'>;
  evaluation: Pick<EvaluationService, 'getEvaluation'>;
}

/** What a body refers to is a wrong reference, not a missing page. */
const referred = async <T>(reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } catch (error) {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return fail('INVALID_REFERENCE', error.message);
    throw error;
  }
};

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

/** The model file of a run as the next version: number, approval, lineage, audit and events in one change. */
export const registerVersion = async (
  platform: Platform,
  sources: Sources,
  ctx: Ctx,
  model: SavedModel,
  request: RegisterRequest,
): Promise<SavedVersion> => {
  const { project } = ctx;
  const known =
    request.originKey === undefined
      ? null
      : await findVersionByOrigin(platform.database.db, project, request.originKey);
  if (known) return known;
  const trained = await referred(sources.training.trainResultOf(ctx, request.runId));
  const evaluation = await evaluationOf(sources, ctx, request.evaluationId, trained);
  if (!(await platform.blobs.has(trained.modelDigest)))
    fail(
      'MODEL_REFUSED',
      `The model file of run '${request.runId}' (${trained.modelDigest}) is not in the storage. Train it again, or restore the storage.`,
    );

  return platform.changes.change(ctx, async (change) => {
    const locked =
      (await lockModel(change.db, project, model.id, change.now)) ??
      fail('NOT_FOUND', `There is no model '${model.name}'.`);
    const made =
      request.originKey === undefined ? null : await findVersionByOrigin(change.db, project, request.originKey);
    if (made) return made;
    const version = {
      id: platform.ids.next('mv'),
      project,
      modelId: locked.id,
      modelName: locked.name,
      number: await takeVersionNumber(change.db, project, locked.id),
      digest: trained.modelDigest,
      sizeBytes: trained.modelSizeBytes,
      signature: trained.signature,
      runId: request.runId,
      evaluationId: evaluation?.id ?? null,
      datasetVersionId: trained.datasetVersionId,
      note: request.note ?? '',
      createdBy: ctx.actor.name,
      createdById: ctx.actor.id,
      createdAt: change.now,
      approval: firstApproval(locked.approval, evaluation, trained.modelDigest, change.now),
    };
    await insertVersion(change.db, version, request.originKey ?? null);
    const to = { type: 'model-version', id: version.id };
    await sources.lineage.link(change, { project, from: { type: 'run', id: version.runId }, to, kind: 'registered' });
    await sources.lineage.link(change, {
      project,
      from: { type: 'dataset-version', id: version.datasetVersionId },
      to,
      kind: 'trained-on',
    });
    if (evaluation)
      await sources.lineage.link(change, {
        project,
        from: { type: 'evaluation', id: evaluation.id },
        to,
        kind: 'evaluated',
      });
    const { modelId, modelName, number, digest, approval } = version;
    change.audit({
      verb: 'model-version.create',
      resourceType: 'model-version',
      resourceId: version.id,
      detail: { modelId, modelName, number, digest, runId: version.runId },
    });
    change.emit('registry.version-created', version.id, { modelId, modelName, number, approval: approval.state });
    if (approval.state !== 'pending') {
      change.audit({
        verb: 'model-version.decide',
        resourceType: 'model-version',
        resourceId: version.id,
        detail: { ...approval },
      });
      change.emit('registry.version-decided', version.id, {
        modelId,
        modelName,
        number,
        state: approval.state,
        by: approval.by,
        reason: approval.reason,
      });
    }
    return version;
  });
};
