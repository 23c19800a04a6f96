import { type Run, TrainRequest } from '@millwright/contract';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { version } from '#platform/version';
import type { TrainingPlan } from './train.ts';

const requestPath = 'training-request.json';
const largestRequestBytes = 1_000_000;

/** What a run was trained by: asked again, it trains the same model. */
const KeptRequest = Type.Object({
  request: TrainRequest,
  /** Versions of what trained it. */
  millwright: Type.String(),
  node: Type.String(),
});
export type KeptRequest = Static<typeof KeptRequest>;
const requestCheck = Compile(KeptRequest);

export const trainedBy = (): Pick<KeptRequest, 'millwright' | 'node'> => ({
  millwright: version,
  node: process.versions.node,
});

/** With everything in it that the data and the defaults decided. */
export const keepRequest = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  run: Run,
  planned: TrainingPlan,
): Promise<void> => {
  const request: TrainRequest = {
    datasetVersionId: planned.datasetVersionId,
    experiment: run.experimentId,
    trainer: planned.trainer.name,
    target: planned.target,
    features: planned.features,
    ...(planned.timeColumn === null ? {} : { timeColumn: planned.timeColumn }),
    holdoutFraction: planned.holdoutFraction,
    windows: [...planned.windows],
    parameters: planned.params,
    seed: planned.seed,
  };
  const kept: KeptRequest = { request, ...trainedBy() };
  await experiments.putArtifact(ctx, run.id, requestPath, Buffer.from(JSON.stringify(kept)), 'application/json');
};

/** null: the run was not trained here, or somebody put another file in its place. */
export const readRequest = async (
  platform: Platform,
  experiments: ExperimentsService,
  ctx: Ctx,
  runId: string,
): Promise<KeptRequest | null> => {
  const file = await experiments.findFile(ctx, { root: runId, path: requestPath });
  if (file === null || file.sizeBytes > largestRequestBytes) return null;
  const { stream } = await platform.blobs.get(file.digest);
  try {
    const kept: unknown = JSON.parse(Buffer.concat(await stream.toArray()).toString('utf8'));
    return requestCheck.Check(kept) ? kept : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};
