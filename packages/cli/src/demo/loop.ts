import {
  type Endpoint,
  type Evaluation,
  type GateRule,
  type Incident,
  type ModelVersion,
  type PipelineRun,
  type PipelineSpec,
  type Rollout,
  type RolloutPolicy,
  type TriggerDecision,
  createDataset,
  createExperiment,
  getEndpoint,
  getPipelineRun,
  listEvaluations,
  listIncidents,
  listModelVersions,
  listPipelineRuns,
  listRollouts,
  listTriggerDecisions,
  saveMonitor,
  savePipeline,
  startPipeline,
  train,
  uploadVersion,
} from '@millwright/contract';
import type { Client } from '@millwright/sdk';
import type { Source, Value } from './source.ts';

const project = 'default';

/** How one stream is watched and answered. Rows, not hours: the demo plays faster than time. */
export interface LoopSettings {
  windowRows: number;
  /** Labelled predictions a retraining may use, newest first. */
  maxRows: number;
  minRows: number;
  windows: (number | null)[];
  holdoutFraction: number;
  /** By how much more often than the champion a new model may err on the hold-out, at 95 %. */
  gateMargin: number;
  /** Retrain whenever a window of labels is complete, not only when the loss rose: for tables that move all the time. */
  continuous: boolean;
  rollout: RolloutPolicy;
}

/** The payments hold still between two known changes. Of a table of one's own nothing is known: shorter windows, and a new attempt with each. */
export const settingsFor = (source: Source): LoopSettings => {
  if (source.changes.length > 0)
    return {
      windowRows: 500,
      maxRows: 2000,
      minRows: 1000,
      windows: [400, 800, null],
      holdoutFraction: 0.25,
      gateMargin: 0.005,
      continuous: false,
      rollout: {},
    };
  const windowRows = Math.min(1000, Math.max(100, Math.floor((source.rows.length - source.historyRows) / 80)));
  return {
    windowRows,
    maxRows: 10 * windowRows,
    minRows: 4 * windowRows,
    windows: [Math.floor(3.5 * windowRows), null],
    holdoutFraction: 0.15,
    gateMargin: 0.01,
    continuous: true,
    // Successors of the same kind differ little: a wider margin decides in hundreds of labels instead of thousands.
    rollout: { steps: [0.5], lossMargin: 0.1 },
  };
};

const csvCell = (value: Value): string =>
  value === null
    ? ''
    : typeof value === 'number'
      ? String(value)
      : /[",\n\r]/.test(value)
        ? `"${value.replaceAll('"', '""')}"`
        : value;

/** The table as a person would upload it. */
export const toCsv = (
  source: Source,
  rows: readonly Value[][],
  labels: readonly (string | number)[],
  times: readonly number[] | null,
): Uint8Array<ArrayBuffer> => {
  const timed = source.timeColumn !== null && times !== null;
  const header = [
    ...(timed ? [source.timeColumn as string] : []),
    ...source.features.map((feature) => feature.name),
    source.target,
  ]
    .map(csvCell)
    .join(',');
  const lines = rows.map((row, i) =>
    [
      ...(timed ? [new Date(times[i] as number).toISOString()] : []),
      ...row.map(csvCell),
      csvCell(labels[i] as string | number),
    ].join(','),
  );
  return new TextEncoder().encode(`${header}\n${lines.join('\n')}\n`);
};

export const pipelineName = (source: Source): string => `retrain-${source.name}`;
export const endpointName = (source: Source): string => `${source.name}-endpoint`;
export const modelName = (source: Source): string => `${source.name}-model`;

/** Thresholds of the gate, fixed before any run: better than guessing, and no worse than the champion. */
const gate = (source: Source, settings: LoopSettings): GateRule[] => [
  {
    kind: 'baseline',
    baseline: 'majority',
    margin: settings.continuous ? settings.gateMargin : 0,
    mustBeat: !settings.continuous,
  },
  { kind: 'baseline', baseline: 'champion', margin: source.task === 'classification' ? settings.gateMargin : 0 },
];

const triggersOf = (settings: LoopSettings): string[] => [
  'monitoring.performance-degraded',
  ...(settings.continuous ? ['monitoring.window-judged'] : []),
];

const specOf = (source: Source, settings: LoopSettings, endpointId: string | null): PipelineSpec => ({
  steps: [
    {
      name: 'snapshot',
      kind: 'serving.snapshot',
      with: {
        endpoint: endpointName(source),
        dataset: `${source.name}-labelled`,
        base: source.name,
        maxRows: settings.maxRows,
        minRows: settings.minRows,
      },
    },
    {
      name: 'validate',
      kind: 'data.validate',
      needs: ['snapshot'],
      with: { datasetVersionId: { $from: 'snapshot.datasetVersionId' } },
    },
    {
      name: 'train',
      kind: 'training.train',
      needs: ['validate'],
      with: {
        datasetVersionId: { $from: 'snapshot.datasetVersionId' },
        experiment: source.name,
        trainer: source.task === 'classification' ? 'logistic' : 'ridge',
        target: source.target,
        features: source.features.map((feature) => feature.name),
        ...(source.timeColumn === null ? {} : { timeColumn: source.timeColumn }),
        holdoutFraction: settings.holdoutFraction,
        windows: settings.windows,
      },
    },
    {
      name: 'evaluate',
      kind: 'evaluation.evaluate',
      needs: ['train'],
      with: { runId: { $from: 'train.runId' }, model: modelName(source), rules: gate(source, settings) },
    },
    {
      name: 'register',
      kind: 'registry.register',
      needs: ['evaluate'],
      with: {
        runId: { $from: 'train.runId' },
        evaluationId: { $from: 'evaluate.evaluationId' },
        model: modelName(source),
        approval: 'automatic',
      },
    },
    {
      name: 'roll-out',
      kind: 'serving.roll-out',
      needs: ['register'],
      with: {
        endpoint: endpointName(source),
        model: modelName(source),
        modelVersionId: { $from: 'register.modelVersionId' },
        policy: settings.rollout,
      },
    },
  ],
  ...(endpointId === null
    ? {}
    : { triggers: triggersOf(settings).map((type) => ({ kind: 'event' as const, type, subjectId: endpointId })) }),
  coolDownMs: settings.continuous ? 0 : 1000,
});

/** Everything a person would set up through the console or the SDK, by the same public operations. */
export const createLoop = (client: Client, source: Source, settings: LoopSettings) => {
  const pipeline = pipelineName(source);
  const endpoint = endpointName(source);
  return {
    async uploadHistory(): Promise<void> {
      await client.call(createDataset, {
        params: { project },
        body: {
          name: source.name,
          description: `What was known of the ${source.unit} before the model went live`,
          targetColumn: source.target,
          ...(source.timeColumn === null ? {} : { timeColumn: source.timeColumn }),
        },
      });
      await client.call(
        uploadVersion,
        { params: { project, dataset: source.name } },
        {
          content: toCsv(source, source.rows.slice(0, source.historyRows), source.labels, source.times),
          contentType: 'text/csv',
        },
      );
      // Its twin takes what the endpoint learns by itself.
      await client.call(createDataset, {
        params: { project },
        body: {
          name: `${source.name}-labelled`,
          description: 'Captured predictions with their true outcomes',
          targetColumn: source.target,
        },
      });
      await client.call(createExperiment, { params: { project }, body: { name: source.name } });
    },
    async releaseFirst(onStep: (run: PipelineRun) => void): Promise<PipelineRun> {
      await client.call(savePipeline, {
        params: { project, pipeline },
        body: { description: 'From labelled data to a model in service', spec: specOf(source, settings, null) },
      });
      let run = await client.call(startPipeline, {
        params: { project, pipeline },
        body: { reason: 'the first model' },
      });
      while (run.endedAt === null) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        run = await client.call(getPipelineRun, { params: { project, pipelineRun: run.id } });
        onStep(run);
      }
      if (run.state !== 'succeeded') throw new Error(`the first model was not released: ${run.message}`);
      return run;
    },
    /** From here on the loop runs by itself. */
    async watch(): Promise<Endpoint> {
      const created = await client.call(getEndpoint, { params: { project, endpoint } });
      await client.call(savePipeline, {
        params: { project, pipeline },
        body: { spec: specOf(source, settings, created.id) },
      });
      await client.call(saveMonitor, {
        params: { project, endpoint },
        body: { enabled: true, settings: { windowRows: settings.windowRows } },
      });
      return created;
    },
    endpoint: (): Promise<Endpoint> => client.call(getEndpoint, { params: { project, endpoint } }),
    incidents: async (): Promise<Incident[]> =>
      (await client.call(listIncidents, { params: { project }, query: { endpoint, limit: 200 } })).items.reverse(),
    runs: async (): Promise<PipelineRun[]> =>
      (await client.call(listPipelineRuns, { params: { project }, query: { pipeline, limit: 200 } })).items.reverse(),
    decisions: async (): Promise<TriggerDecision[]> =>
      (
        await client.call(listTriggerDecisions, { params: { project, pipeline }, query: { limit: 500 } })
      ).items.reverse(),
    rollouts: async (): Promise<Rollout[]> =>
      (await client.call(listRollouts, { params: { project }, query: { endpoint, limit: 200 } })).items.reverse(),
    evaluations: async (): Promise<Evaluation[]> =>
      (await client.call(listEvaluations, { params: { project }, query: { limit: 200 } })).items.reverse(),
    versions: async (): Promise<ModelVersion[]> =>
      (
        await client.call(listModelVersions, { params: { project, model: modelName(source) }, query: { limit: 200 } })
      ).items.reverse(),
    /** A model trained on rows drawn after the change, as if somebody had known. */
    async trainOracle(changeIndex: number, count: number) {
      const drawn = source.oracle?.(changeIndex, count);
      if (!drawn) return null;
      const dataset = `${source.name}-oracle-${changeIndex + 1}`;
      await client.call(createDataset, {
        params: { project },
        body: {
          name: dataset,
          description: 'Drawn under the changed pattern, for comparison only',
          targetColumn: source.target,
        },
      });
      const version = await client.call(
        uploadVersion,
        { params: { project, dataset } },
        { content: toCsv(source, drawn.rows, drawn.labels, null), contentType: 'text/csv' },
      );
      return client.call(train, {
        params: { project },
        body: {
          datasetVersionId: version.id,
          experiment: source.name,
          trainer: source.task === 'classification' ? 'logistic' : 'ridge',
          target: source.target,
          features: source.features.map((feature) => feature.name),
          holdoutFraction: 0,
        },
      });
    },
  };
};
