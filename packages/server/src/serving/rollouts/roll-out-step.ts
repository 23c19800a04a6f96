import { ColumnName, Id, ModelRef, Name, Nullable, RolloutPolicy, RolloutState, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import type { StepKind } from '#pipelines';
import { fail, isMillwrightError } from '#platform/errors';
import type { ServingDependencies } from '../dependencies.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import type { Rollouts } from './rollouts.ts';

const input = Strict({
  endpoint: Name,
  model: ModelRef,
  modelVersionId: Id,
  unitColumn: Type.Optional(ColumnName),
  policy: Type.Optional(RolloutPolicy),
});
const output = Strict({ rolloutId: Nullable(Id), state: RolloutState, endpointId: Id });
const againInMs = 1000;

/** Puts a version in front of users: as the champion of a new endpoint, else as a canary whose end the step waits for. */
export const rollOutStep = (parts: {
  endpoints: Endpoints;
  rollouts: Rollouts;
  registry: ServingDependencies['registry'];
}): StepKind<typeof input, typeof output> => ({
  kind: 'serving.roll-out',
  summary:
    'Roll a model version out to an endpoint: the first one at once, later ones as a canary that is promoted or rolled back',
  input,
  output,
  async run({ ctx, input: given, stepRunId, pipelineRun, log }) {
    const { endpoints, rollouts, registry } = parts;
    const begun = await rollouts.byOrigin(ctx, stepRunId);
    if (begun) {
      const { id, state, endpointId, reason } = begun;
      if (state === 'promoted')
        return { state: 'succeeded', output: { rolloutId: id, state, endpointId }, message: reason };
      if (state === 'rolled-back' || state === 'aborted')
        return { state: 'stopped', output: { rolloutId: id, state, endpointId }, message: reason };
      return { state: 'waiting', againInMs, message: state === 'paused' ? `Paused: ${reason}` : reason };
    }
    const endpoint = await endpoints.find(ctx, given.endpoint).catch((error: unknown) => {
      if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    const version = await registry.onnxVersion(ctx, given.modelVersionId);
    if (version.modelName !== given.model && version.modelId !== given.model)
      fail(
        'INVALID_REFERENCE',
        `Version ${version.id} belongs to the model '${version.modelName}', not to '${given.model}'.`,
      );
    if (!endpoint) {
      const moveChampion = {
        project: ctx.project,
        modelId: version.modelId,
        alias: 'champion',
        versionId: version.id,
        by: ctx.actor,
      };
      const endpointId = await endpoints.insert(
        ctx,
        { name: given.endpoint, unitColumn: given.unitColumn },
        version,
        'endpoint.create',
        (change) => registry.moveAlias(change, moveChampion),
      );
      log(`The endpoint '${given.endpoint}' begins with version ${version.number}.`);
      return {
        state: 'succeeded',
        output: { rolloutId: null, state: 'promoted', endpointId },
        message: `Version ${version.number} is the first champion of '${given.endpoint}'.`,
      };
    }
    if (endpoint.champion_version_id === version.id)
      return {
        state: 'succeeded',
        output: { rolloutId: null, state: 'promoted', endpointId: endpoint.id },
        message: `Version ${version.number} is the champion of '${given.endpoint}' already.`,
      };
    if (endpoint.rollout_id !== null)
      return {
        state: 'waiting',
        againInMs: 5 * againInMs,
        message: `Another rollout of '${given.endpoint}' is under way.`,
      };
    const rollout = await rollouts.start(ctx, endpoint.id, {
      modelVersionId: version.id,
      policy: given.policy,
      pipelineRunId: pipelineRun.id,
      originKey: stepRunId,
    });
    log(rollout.reason);
    return { state: 'waiting', againInMs, message: rollout.reason };
  },
});
