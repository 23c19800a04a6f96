import { join } from 'node:path';
import type { Endpoint, InferRequest, Label, Page, Rollout, RolloutPolicy, Signature } from '@millwright/contract';
import type { Static } from 'typebox';
import { type Ctx, systemCtx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import { type Journal, openJournal } from '#platform/journal';
import type { OnnxVersion } from '#registry';
import type { CapturedRange, CapturedRows } from './capture/captured-rows.ts';
import { CaptureFlush } from './capture/flush.ts';
import { normaliseLabels } from './capture/labels.ts';
import { type CapturedPrediction, newestPredictions } from './capture/newest.ts';
import { createPredictionIds } from './capture/prediction-ids.ts';
import { type CapturedSource, capturedCount, readCaptured } from './capture/read.ts';
import { RecentRows } from './capture/recent-rows.ts';
import { Recorder } from './capture/recorder.ts';
import { upsertLabels } from './capture/store.ts';
import type { ServingDependencies } from './dependencies.ts';
import { Endpoints } from './endpoints/endpoints.ts';
import type { EndpointRoute } from './endpoints/route.ts';
import { Router } from './endpoints/router.ts';
import { endpointNames, endpointsOfModel, findEndpoint } from './endpoints/store.ts';
import { type Infer, type InferAnswer, type InferCall, createInfer } from './predict.ts';
import { ChampionChanges } from './rollouts/champion-changes.ts';
import { enqueueEvaluation } from './rollouts/evaluation-job.ts';
import { rollOutStep } from './rollouts/roll-out-step.ts';
import { type ManualDecision, Rollouts, type StartRollout } from './rollouts/rollouts.ts';
import { rolloutNames } from './rollouts/store.ts';
import { RolloutWrites } from './rollouts/writes.ts';
import { InferencePool } from './runtimes/inference-pool.ts';
import { snapshotStep } from './snapshots/snapshot-step.ts';

/** What stages behind serving need to know of an endpoint. */
export interface ServedEndpoint {
  id: string;
  project: string;
  name: string;
  modelId: string;
  modelName: string;
  championVersionId: string;
  signature: Signature;
  /** Predictions that were answered but not captured. */
  dropped: number;
}

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface ServingService {
  listEndpoints(ctx: Ctx, filter: PageFilter): Promise<Page<Endpoint>>;
  /** Errors: INVALID_REFERENCE, CONFLICT (no approved champion), NAME_TAKEN. */
  createEndpoint(
    ctx: Ctx,
    input: { name: string; model: string; description?: string | undefined; unitColumn?: string | undefined },
  ): Promise<Endpoint>;
  getEndpoint(ctx: Ctx, endpointRef: string): Promise<Endpoint>;

  predict(ctx: Ctx, endpointRef: string, request: InferRequest): Promise<InferAnswer>;
  sendLabels(ctx: Ctx, endpointRef: string, labels: readonly Static<typeof Label>[]): Promise<{ accepted: number }>;
  listPredictions(ctx: Ctx, endpointRef: string, limit: number): Promise<{ items: CapturedPrediction[] }>;

  startRollout(
    ctx: Ctx,
    endpointRef: string,
    input: { modelVersionId: string; policy?: RolloutPolicy | undefined } & Omit<
      StartRollout,
      'modelVersionId' | 'policy'
    >,
  ): Promise<Rollout>;
  getRollout(ctx: Ctx, rolloutId: string): Promise<Rollout>;
  listRollouts(ctx: Ctx, query: PageFilter & { endpoint?: string | undefined }): Promise<Page<Rollout>>;
  decideRollout(ctx: Ctx, rolloutId: string, input: { decision: ManualDecision; reason: string }): Promise<Rollout>;
  rollBack(ctx: Ctx, endpointRef: string, reason: string): Promise<Endpoint>;

  /** For protocols: routes by name, without asking the database. The caller checks permissions on the route's project. */
  route(name: string): EndpointRoute | undefined;
  routes(): EndpointRoute[];
  infer(route: EndpointRoute, request: InferRequest, call: InferCall): Promise<InferAnswer>;
  /** Whether the endpoints were read: until then a name that is not found may exist. */
  isOpen(): boolean;
  /** Whether every endpoint has a model that answers. */
  isReady(): boolean;

  /** For stages behind; the project is the endpoint's. Errors: NOT_FOUND. */
  servedEndpoint(endpointId: string): Promise<ServedEndpoint>;
  currentChampion(endpointId: string): Promise<OnnxVersion>;
  /** Rows captured so far: they are numbered from 0 without gaps. */
  capturedCount(endpointId: string): Promise<number>;
  readCaptured(endpointId: string, range: CapturedRange): Promise<CapturedRows>;

  /** Moves what was captured so far from the journal to Parquet now instead of at the next tick. */
  flushCaptured(): Promise<void>;
  /** Resolves when endpoints were read and their models are loaded or refused; rejects when the journal cannot be opened. */
  opened(): Promise<void>;
  close(): Promise<void>;
}

/** The running parts of serving, for the module's jobs. */
export interface Serving extends ServingService {
  rollouts: Rollouts;
  followModelAlias(modelId: string, project: string): Promise<void>;
}

const segmentBytes = 16 * 1024 * 1024;
const recentRowsBytes = 16 * 1024 * 1024;

export const createServing = (platform: Platform, deps: ServingDependencies): Serving => {
  const { config, clock, ids, log, metrics, database, changes } = platform;
  const folder = join(config.dataDir, 'capture');
  const recent = new RecentRows(recentRowsBytes);
  const captured: CapturedSource = { database, blobs: platform.blobs, tables: platform.tables, recent };
  const pool = new InferencePool({ threads: config.inferenceWorkers, clock, log });
  const router = new Router({ models: deps.registry, pool, log });
  let open: { journal: Journal; recorder: Recorder; flush: CaptureFlush; infer: Infer } | null = null;
  const endpoints = new Endpoints(platform, deps, router, () => open?.recorder ?? null);
  const rolloutWrites = new RolloutWrites(platform, deps, endpoints);
  const rollouts = new Rollouts(platform, deps, { endpoints, pool, captured, writes: rolloutWrites });
  const champions = new ChampionChanges(platform, deps, endpoints, rolloutWrites);
  let timer: NodeJS.Timeout | null = null;
  let closing = false;
  let stopFollowing = (): void => undefined;
  const endpointsRead = Promise.withResolvers<void>();

  const tick = (flush: CaptureFlush): void => {
    timer = setTimeout(() => {
      flush
        .flush()
        .catch((error: unknown) =>
          log.warn('captured predictions could not be moved to Parquet; trying again', { error }),
        )
        .finally(() => {
          if (!closing) tick(flush);
        });
    }, config.captureFlushMs).unref();
  };

  const start = async (): Promise<void> => {
    const journal = await openJournal({
      dir: folder,
      name: 'predictions',
      durability: 'process',
      segmentBytes,
      maxPendingBytes: config.captureMaxPendingBytes,
      newSegmentId: () => ids.next('seg'),
    });
    const recorder = new Recorder(journal, ({ endpointId, reason, dropped }) =>
      metrics.count(
        'millwright_predictions_dropped_total',
        'Predictions that were answered but not captured',
        { endpoint: router.byId(endpointId)?.name ?? endpointId, reason },
        dropped,
      ),
    );
    const flush = new CaptureFlush(platform, journal, recorder, recent);
    const infer = createInfer({
      pool,
      recorder,
      newPredictionId: createPredictionIds(ids, clock),
      clock,
      metrics,
      onTripped: (route, rolloutId, counts) => {
        rollouts.trip(route.project, rolloutId, counts).catch((error: unknown) =>
          log.error('a rollout whose challenger fails could not be rolled back; it gets no requests here', {
            rollout: rolloutId,
            error,
          }),
        );
      },
    });
    stopFollowing = platform.events.follow((event) => {
      if (event.type === 'serving.endpoint-changed')
        endpoints
          .refresh(event.subjectId)
          .catch((error: unknown) => log.warn('an endpoint could not be read', { endpoint: event.subjectId, error }));
    });
    await endpoints.refreshAll();
    open = { journal, recorder, flush, infer };
    endpointsRead.resolve();
    if (!closing) tick(flush);
    await Promise.all(router.routes().map(({ endpointId }) => router.settled(endpointId)));
  };
  const opening = start();
  // Whoever asks is told; nobody asking must not end the process.
  opening.catch((error: unknown) => log.error('serving could not start', { error }));
  const opened = async (): Promise<NonNullable<typeof open>> => {
    if (open === null) await Promise.race([opening, endpointsRead.promise]);
    return open ?? fail('SHUTTING_DOWN', 'The server is shutting down.');
  };
  metrics.gauge(
    'millwright_capture_pending_bytes',
    'Captured predictions that wait for the disk',
    () => open?.journal.stats().pendingBytes ?? 0,
  );

  platform.auth.declareResource(
    'endpoint',
    async (project, ref) => (await findEndpoint(database.db, project, ref))?.id ?? null,
  );
  deps.lineage.registerLabels('endpoint', (project, endpointIds) => endpointNames(database.db, project, endpointIds));
  deps.lineage.registerLabels('rollout', (project, rolloutIds) => rolloutNames(database.db, project, rolloutIds));
  deps.pipelines.registerStepKind(rollOutStep({ endpoints, rollouts, registry: deps.registry }));
  deps.pipelines.registerStepKind(snapshotStep({ platform, captured, data: deps.data, endpoints }));

  const infer: ServingService['infer'] = async (route, request, call) =>
    (open ?? (await opened())).infer(route, request, call);

  /** null also where the champion is nothing that can be served: endpoints go on with the one they have. */
  const championOf = (ctx: Ctx, modelId: string): Promise<OnnxVersion | null> =>
    deps.registry.onnxAliasTarget(ctx, modelId, 'champion').catch((error: unknown) => {
      if (!isMillwrightError(error) || error.code !== 'MODEL_REFUSED') throw error;
      log.warn('endpoints do not follow the alias champion', { modelId, error });
      return null;
    });

  return {
    rollouts,
    async followModelAlias(modelId, project) {
      const ctx = systemCtx('serving', project, modelId);
      for (const endpoint of await endpointsOfModel(database.db, modelId)) {
        const target = await championOf(ctx, modelId);
        if (target) await champions.followAlias(ctx, endpoint, target);
      }
    },
    listEndpoints: (ctx, filter) => endpoints.list(ctx, filter),
    createEndpoint: (ctx, input) => endpoints.create(ctx, input),
    getEndpoint: async (ctx, ref) => endpoints.view(await endpoints.find(ctx, ref)),
    async predict(ctx, ref, request) {
      await opened();
      const named = router.byName(ref) ?? router.byId(ref);
      const route =
        named?.project === ctx.project
          ? named
          : fail('NOT_FOUND', `There is no endpoint '${ref}' in project '${ctx.project}'.`);
      return infer(route, request, { requestId: ctx.requestId });
    },
    async sendLabels(ctx, ref, labels) {
      const endpoint = await endpoints.find(ctx, ref);
      const { signature } = await deps.registry.onnxVersion(
        systemCtx('serving', endpoint.project, ctx.requestId),
        endpoint.champion_version_id,
      );
      const last = normaliseLabels(signature.task, labels);
      await changes.change(ctx, async (change) => {
        const done = await upsertLabels(change.db, endpoint.id, last, change.now);
        if (done.changed === 0) return;
        change.emit('serving.labels-received', endpoint.id, { endpointId: endpoint.id, count: done.changed });
        if (done.inserted > 0) enqueueEvaluation(change, done);
      });
      return { accepted: labels.length };
    },
    listPredictions: async (ctx, ref, limit) => ({
      items: await newestPredictions(captured, await endpoints.find(ctx, ref), limit),
    }),

    startRollout: (ctx, ref, input) => rollouts.start(ctx, ref, input),
    getRollout: (ctx, id) => rollouts.get(ctx, id),
    listRollouts: (ctx, query) => rollouts.list(ctx, query),
    decideRollout: (ctx, id, input) => rollouts.decide(ctx, id, input),
    rollBack: async (ctx, ref, reason) => endpoints.view(await champions.rollBack(ctx, ref, reason)),

    route: (name) => router.byName(name),
    routes: () => router.routes(),
    infer,
    isOpen: () => open !== null,
    isReady: () => open !== null && router.routes().every(({ champion }) => champion !== null),

    async servedEndpoint(endpointId) {
      const row = await endpoints.findById(endpointId);
      const { signature } = await endpoints.currentChampion(endpointId);
      return {
        id: row.id,
        project: row.project,
        name: row.name,
        modelId: row.model_id,
        modelName: row.model_name,
        championVersionId: row.champion_version_id,
        signature,
        dropped: await endpoints.dropped(row.id),
      };
    },
    currentChampion: (endpointId) => endpoints.currentChampion(endpointId),
    capturedCount: (endpointId) => capturedCount(platform, endpointId),
    readCaptured: (endpointId, range) => readCaptured(captured, endpointId, range),

    flushCaptured: async () => (await opened()).flush.flush(),
    opened: () => opening,
    async close() {
      closing = true;
      if (timer) clearTimeout(timer);
      await opening.catch(() => undefined);
      stopFollowing();
      await pool.close();
      await open?.flush
        .flush()
        .catch((error: unknown) =>
          log.warn('captured predictions stay in the journal until the next start', { error }),
        );
      await open?.journal.close();
      router.close();
    },
  };
};
