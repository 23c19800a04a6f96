import type { Evaluation, ModelVersion, Run } from '@millwright/contract';
import { formatBytes, formatNumber } from '../../ui/format.ts';

/** A version with what is known about how it was made; null where that is gone or was never there. */
export interface VersionFacts {
  version: ModelVersion;
  run: Pick<Run, 'parameters' | 'metrics'> | null;
  evaluation: Pick<Evaluation, 'metrics' | 'gate' | 'rows'> | null;
}
export interface DiffRow {
  key: string;
  before: string | null;
  after: string | null;
  changed: boolean;
  /** after - before, where both are numbers. */
  difference: number | null;
}
export interface DiffSection {
  title: string;
  rows: DiffRow[];
}
type Values = Record<string, string | number | null | undefined>;

const textOf = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : typeof value === 'number' ? formatNumber(value) : value;

const section = (title: string, before: Values, after: Values): DiffSection => ({
  title,
  rows: [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => {
    const [a, b] = [before[key], after[key]];
    return {
      key,
      before: textOf(a),
      after: textOf(b),
      changed: (a ?? null) !== (b ?? null),
      difference: typeof a === 'number' && typeof b === 'number' ? b - a : null,
    };
  }),
});

const registered = ({ version }: VersionFacts): Values => ({
  'model file': version.digest?.slice(0, 19),
  size: version.sizeBytes === null ? null : formatBytes(version.sizeBytes),
  source: version.source,
  stage: version.stage,
  'data version': version.datasetVersionId,
  run: version.runId,
  'registered by': version.createdBy,
  approval: version.approval.state,
});
const signature = ({ version: { signature: form } }: VersionFacts): Values =>
  form === null
    ? {}
    : {
        task: form.task,
        target: form.target,
        classes: form.classes?.join(', '),
        ...Object.fromEntries(form.inputs.map((one) => [`input ${one.feature ?? one.name}`, one.datatype])),
        ...Object.fromEntries(
          form.outputs.map((one) => [`output ${one.name}`, `${one.datatype} [${one.shape.join(', ')}]`]),
        ),
      };
const runMetrics = ({ run }: VersionFacts): Values =>
  Object.fromEntries(Object.entries(run?.metrics ?? {}).map(([key, metric]) => [key, metric.last]));
const evaluated = ({ evaluation }: VersionFacts): Values =>
  evaluation ? { gate: evaluation.gate.verdict, 'hold-out rows': evaluation.rows, ...evaluation.metrics } : {};

/** What two versions of a model have in common and what not, section by section; empty sections are left out. */
export const diffModelVersions = (before: VersionFacts, after: VersionFacts): DiffSection[] =>
  [
    section('Version', registered(before), registered(after)),
    section('Signature', signature(before), signature(after)),
    section('Tags', before.version.tags, after.version.tags),
    section('Parameters of the run', before.run?.parameters ?? {}, after.run?.parameters ?? {}),
    section('Metrics of the run', runMetrics(before), runMetrics(after)),
    section('Evaluation', evaluated(before), evaluated(after)),
  ].filter((one) => one.rows.length > 0);
