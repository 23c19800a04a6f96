import { type Signature, TrainResult } from '@millwright/contract';
import { Compile } from 'typebox/compile';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { Signature as CoreSignature } from './signature.ts';

export const modelPath = 'model.onnx';
export const signaturePath = 'signature.json';
export const resultPath = 'training.json';

const largestResultBytes = 10_000_000;
const resultCheck = Compile(TrainResult);

/** The signature as the registry and serving keep it. `feature` is there only where tensor and column differ in name. */
export const contractSignature = (core: CoreSignature, target: string): Signature => ({
  task: core.task,
  target,
  classes: core.classes ?? null,
  inputs: core.inputs.map(({ name, feature, datatype, shape }) =>
    feature === name ? { name, datatype, shape } : { name, datatype, shape, feature },
  ),
  outputs: core.outputs,
});

const digestOf = (experiments: ExperimentsService, ctx: Ctx, runId: string, path: string): Promise<string | null> =>
  experiments.artifactDigest(ctx, runId, path).catch((error: unknown) => {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  });

/**
 * The result that a run keeps beside its model; null where there is none. Whoever may write to a run can put files
 * into it, so a result counts only for this run and for the model file that lies beside it.
 */
export const readResult = async (
  platform: Platform,
  experiments: ExperimentsService,
  ctx: Ctx,
  runId: string,
): Promise<TrainResult | null> => {
  const digest = await digestOf(experiments, ctx, runId, resultPath);
  if (digest === null) return null;
  const { stream, sizeBytes } = await platform.blobs.get(digest);
  const unreadable = (): never =>
    fail('INVALID_REFERENCE', `The file ${resultPath} of run ${runId} is not one that a training here wrote.`);
  if (sizeBytes > largestResultBytes) {
    stream.destroy();
    return unreadable();
  }
  const result = parse(Buffer.concat(await stream.toArray()).toString('utf8'));
  if (!resultCheck.Check(result) || result.runId !== runId) return unreadable();
  return result.modelDigest === (await digestOf(experiments, ctx, runId, modelPath)) ? result : unreadable();
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
