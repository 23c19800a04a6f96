import { Id, MetricDifference, reproductionTags, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import type { ExperimentsService } from '#experiments';
import type { LineageService } from '#lineage';
import type { StepKind } from '#pipelines';
import type { Platform } from '#platform/core';
import type { Reports } from './reports.ts';

const Input = Strict({ originalRunId: Id, runId: Id });
const Output = Type.Object({
  originalRunId: Id,
  runId: Id,
  outcome: Type.String(),
  sentence: Type.String(),
  metrics: Type.Array(MetricDifference),
});

/** Links a run with the one it repeats, and says how their metrics differ. */
export const compareStep = (
  { changes }: Platform,
  { experiments, lineage, reports }: { experiments: ExperimentsService; lineage: LineageService; reports: Reports },
): StepKind<typeof Input, typeof Output> => ({
  kind: 'reproduction.compare',
  summary: 'Compare the metrics of a run with those of the run it repeats',
  input: Input,
  output: Output,
  async run({ ctx, input: { originalRunId, runId }, pipelineRun, log }) {
    await experiments.getRun(ctx, originalRunId);
    await experiments.logToRun(ctx, {
      runId,
      tags: { [reproductionTags.reproduces]: originalRunId, [reproductionTags.pipelineRun]: pipelineRun.id },
    });
    await changes.change(ctx, (change) =>
      lineage.link(change, {
        project: ctx.project,
        from: { type: 'run', id: originalRunId },
        to: { type: 'run', id: runId },
        kind: 'reproduction',
      }),
    );
    const { outcome, sentence, metrics } = await reports.one(ctx, originalRunId, runId);
    for (const { key, original, reproduced, outcome: one } of metrics.slice(0, 100))
      log(`${key}: ${original ?? 'missing'} -> ${reproduced ?? 'missing'} (${one})`);
    return { state: 'succeeded', output: { originalRunId, runId, outcome, sentence, metrics }, message: sentence };
  },
});
