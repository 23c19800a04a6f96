import type { Model, ModelVersion } from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import type { ExperimentsService } from '#experiments';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { type AliasMove, moveAlias } from './aliases.ts';
import { createModels, type Models } from './models/service.ts';
import { findModel, modelNames } from './models/store.ts';
import { asOnnx, type OnnxVersion } from './onnx.ts';
import { type Contents, createContents } from './contents/service.ts';
import { type Contracts, createContracts } from './contracts/service.ts';
import { createPolicies, demandRole, type Policies, policyOf } from './policies/service.ts';
import { modelRelations } from './relations/store.ts';
import { registerStep } from './register-step.ts';
import { createRequests, type Requests } from './requests/service.ts';
import { aliasesOf } from './store.ts';
import type { Sources } from './versions/registering.ts';
import { createVersions, type Versions } from './versions/service.ts';
import { holdsOf, versionLabels } from './versions/store.ts';

export interface Aliases {
  /** Errors: NOT_FOUND (model), INVALID_REFERENCE (version), CONFLICT (not approved). */
  setAlias(ctx: Ctx, modelRef: string, alias: string, versionId: string): Promise<Model>;
  /** Errors: NOT_FOUND also for an alias it does not have. */
  deleteAlias(ctx: Ctx, modelRef: string, alias: string): Promise<Model>;
  /** Within a change of another stage. `versionId` null removes the alias. Errors: INVALID_REFERENCE, CONFLICT. */
  moveAlias(change: Change, move: AliasMove): Promise<void>;
  /** Whether this caller may have an alias moved, now or later. Errors: PERMISSION_DENIED. */
  demandAlias(ctx: Ctx, modelId: string, alias: string, versionId: string): Promise<void>;
  /** null where the model or the alias does not exist. */
  aliasTarget(ctx: Ctx, modelRef: string, alias: string): Promise<ModelVersion | null>;
  /** The same for who can only use an ONNX file. Errors: MODEL_REFUSED. */
  onnxAliasTarget(ctx: Ctx, modelRef: string, alias: string): Promise<OnnxVersion | null>;
}

export type RegistryService = Models &
  Omit<Versions, 'rechecked'> &
  Aliases &
  Policies &
  Requests &
  Contracts &
  Contents;

export interface RegistryDeps extends Omit<Sources, 'evaluation'> {
  experiments: Sources['experiments'] & Pick<ExperimentsService, 'registerKeeper'>;
  pipelines: Pick<PipelinesService, 'registerStepKind'>;
  evaluation: Pick<EvaluationService, 'getEvaluation' | 'registerChampionResolver'>;
}

export const createRegistry = (platform: Platform, deps: RegistryDeps): RegistryService => {
  const { changes } = platform;
  const { db } = platform.database;
  const models = createModels(platform);
  const versions = createVersions(platform, deps);

  const aliases: Aliases = {
    async setAlias(ctx, modelRef, alias, versionId) {
      const { id } = await models.getModel(ctx, modelRef);
      await changes.change(ctx, (change) =>
        moveAlias(change, { project: ctx.project, modelId: id, alias, versionId, by: ctx.actor }),
      );
      return models.getModel(ctx, id);
    },
    async deleteAlias(ctx, modelRef, alias) {
      const found = await models.getModel(ctx, modelRef);
      if (!Object.hasOwn(found.aliases, alias)) fail('NOT_FOUND', `The model '${found.name}' has no alias '${alias}'.`);
      await changes.change(ctx, (change) =>
        moveAlias(change, { project: ctx.project, modelId: found.id, alias, versionId: null, by: ctx.actor }),
      );
      return models.getModel(ctx, found.id);
    },
    moveAlias,
    async demandAlias(ctx, modelId, alias, versionId) {
      const { name: modelName } = await models.getModel(ctx, modelId);
      const policy = await policyOf(db, ctx.project, modelId);
      demandRole(
        policy,
        ctx.actor,
        { project: ctx.project, modelId, modelName },
        { kind: 'alias', name: alias, versionId },
      );
    },
    async aliasTarget(ctx, modelRef, alias) {
      const found = await findModel(db, ctx.project, modelRef);
      const target = found && (await aliasesOf(db, ctx.project, [found.id])).find((row) => row.alias === alias);
      return target ? versions.findVersion(ctx, target.versionId) : null;
    },
    async onnxAliasTarget(ctx, modelRef, alias) {
      const target = await aliases.aliasTarget(ctx, modelRef, alias);
      return target && asOnnx(target);
    },
  };

  const { rechecked, ...ownVersions } = versions;
  const contents = createContents(platform, deps, rechecked);
  const model = (ctx: Ctx, ref: string) => models.getModel(ctx, ref);
  const contracts = createContracts(platform, {
    ...deps,
    model,
    rechecked,
    contentsOf: (ctx, versionId) => contents.versionContents(ctx, versionId),
  });
  const service: RegistryService = {
    ...models,
    ...ownVersions,
    ...aliases,
    ...createPolicies(platform, async (ctx, ref) => (await models.getModel(ctx, ref)).id),
    ...createRequests(platform, { model, rechecked }),
    ...contracts,
    ...contents,
  };
  deps.lineage.registerLabels('model', (project, modelIds) => modelNames(db, project, modelIds));
  deps.lineage.registerLabels('model-version', (project, versionIds) => versionLabels(db, project, versionIds));
  platform.contents.declare({ table: 'model_versions', column: 'digest' });
  platform.relations.declare(modelRelations);
  // Whatever a version was made from stays as long as the version.
  deps.experiments.registerKeeper(holdsOf);
  deps.pipelines.registerStepKind(registerStep(service));
  deps.evaluation.registerChampionResolver(async (ctx, modelRef) => {
    const champion = await service.onnxAliasTarget(ctx, modelRef, 'champion');
    return champion && { modelVersionId: champion.id, modelDigest: champion.digest, signature: champion.signature };
  });
  return service;
};
