import type { Artifact, Experiment, MetricPoint, Page, Run } from '@millwright/contract';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { StreamReply } from '#platform/http';

export interface ExperimentsDeps {
  lineage: LineageService;
  data: DataService;
}

export interface NewRun {
  /** Id or name. */
  experiment: string;
  name?: string | undefined;
  parentRunId?: string | undefined;
  datasetVersionId?: string | undefined;
  parameters?: Record<string, string> | undefined;
  tags?: Record<string, string> | undefined;
  /** The same key again answers the run started with it. */
  originKey?: string | undefined;
}

export interface NewMetricPoint {
  key: string;
  /** Over JSON, NaN and the infinities come as text. */
  value: number | 'NaN' | 'Infinity' | '-Infinity';
  /** Default 0. */
  step?: number | undefined;
  /** Epoch ms; default now. */
  at?: number | undefined;
}

export interface RunUpdate {
  status?: Run['status'] | undefined;
  name?: string | undefined;
  note?: string | undefined;
  endedAt?: number | undefined;
  parameters?: Record<string, string> | undefined;
  tags?: Record<string, string> | undefined;
}

interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface ExperimentsService {
  createExperiment(ctx: Ctx, input: { name: string; description?: string | undefined }): Promise<Experiment>;
  /** The experiment of that name, created when there is none. */
  ensureExperiment(ctx: Ctx, name: string): Promise<Experiment>;
  findExperiment(ctx: Ctx, ref: string): Promise<Experiment>;
  listExperiments(ctx: Ctx, page: PageFilter): Promise<Page<Experiment>>;

  /** Errors: INVALID_REFERENCE for an experiment, a parent or a data set version that does not exist. */
  startRun(ctx: Ctx, input: NewRun): Promise<Run>;
  getRun(ctx: Ctx, runId: string): Promise<Run>;
  /** Errors: INVALID_FILTER. */
  listRuns(
    ctx: Ctx,
    query: PageFilter & { experiment?: string | undefined; filter?: string | undefined },
  ): Promise<Page<Run>>;
  /** Errors: CONFLICT for a parameter that has another value. */
  updateRun(ctx: Ctx, runId: string, update: RunUpdate): Promise<Run>;
  /** Ends a run; ending it again with the same status changes nothing. Errors: CONFLICT. */
  endRun(
    ctx: Ctx,
    runId: string,
    status: 'finished' | 'failed' | 'killed',
    more?: { parameters?: Record<string, string>; tags?: Record<string, string> },
  ): Promise<Run>;

  logMetrics(ctx: Ctx, runId: string, points: readonly NewMetricPoint[]): Promise<void>;
  metricHistory(
    ctx: Ctx,
    runId: string,
    key: string,
    points: number,
  ): Promise<{ key: string; total: number; sampled: boolean; points: MetricPoint[] }>;

  putArtifact(
    ctx: Ctx,
    runId: string,
    path: string,
    content: AsyncIterable<Uint8Array> | Uint8Array,
    mediaType: string,
  ): Promise<Artifact>;
  listArtifacts(ctx: Ctx, runId: string): Promise<Artifact[]>;
  /** Errors: NOT_FOUND. */
  artifactDigest(ctx: Ctx, runId: string, path: string): Promise<string>;
  readArtifact(ctx: Ctx, runId: string, path: string, range: string | undefined): Promise<StreamReply>;
}
