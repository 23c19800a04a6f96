import type {
  ComparedFile,
  ComparedValue,
  Difference,
  Evaluation,
  Run,
  SignatureField,
  VersionComparison,
  VersionContents,
  VersionFile,
} from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import { isMillwrightError } from '#platform/errors';
import type { SavedVersion } from '../versions/store.ts';
import { diffLines } from './line-diff.ts';

export interface ComparisonSources {
  experiments: Pick<ExperimentsService, 'getRun'>;
  evaluation: Pick<EvaluationService, 'getEvaluation'>;
}
export interface Side {
  version: SavedVersion;
  contents: VersionContents;
}
type Values = Readonly<Record<string, string | number | null | undefined>>;

/** More files than this are told by their digests alone. */
const maxTexts = 20;

const differenceOf = (before: unknown, after: unknown): Difference => {
  if (before === after) return 'same';
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
};
const values = (before: Values, after: Values): ComparedValue[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => {
    const [a, b] = [before[key] ?? null, after[key] ?? null];
    return { key, difference: differenceOf(a, b), before: a, after: b };
  });

const registered = ({ version, contents }: Side): Values => ({
  format: version.format,
  digest: version.digest,
  bytes: version.sizeBytes,
  source: version.source,
  flavours: contents.flavours.join(', ') || null,
  run: version.runId ?? version.namedRun,
  approval: version.approval.state,
  stage: version.stage,
  'registered by': version.createdBy,
  task: version.signature?.task,
  target: version.signature?.target,
  classes: version.signature?.classes?.join(', '),
});
const fields = (list: readonly SignatureField[] | undefined): Values =>
  Object.fromEntries(
    (list ?? []).map(({ name, type, required }, at) => [name || `#${at + 1}`, required ? type : `${type}, optional`]),
  );

const readable = async <T>(reading: Promise<T> | null): Promise<T | null> => {
  try {
    return await reading;
  } catch (error) {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
};
const metricsOf = (run: Run | null): Values =>
  Object.fromEntries(
    Object.entries(run?.metrics ?? {}).map(([key, { last }]) => [key, typeof last === 'number' ? last : String(last)]),
  );
const evaluated = (evaluation: Evaluation | null): Values =>
  evaluation ? { gate: evaluation.gate.verdict, 'hold-out rows': evaluation.rows, ...evaluation.metrics } : {};

const filesOf = async (
  before: readonly VersionFile[],
  after: readonly VersionFile[],
  read: (file: VersionFile) => Promise<string | null>,
): Promise<ComparedFile[]> => {
  const [old, now] = [before, after].map((files) => new Map(files.map((file) => [file.path, file])));
  const compared: ComparedFile[] = [];
  let texts = 0;
  for (const path of [...new Set([...old!.keys(), ...now!.keys()])].sort()) {
    const [a, b] = [old!.get(path) ?? null, now!.get(path) ?? null];
    const difference = differenceOf(a?.digest ?? null, b?.digest ?? null);
    let lines: ComparedFile['lines'] = null;
    if (difference === 'changed' && a && b && texts < maxTexts) {
      const [left, right] = [await read(a), await read(b)];
      if (left !== null && right !== null) {
        lines = diffLines(left, right);
        texts += 1;
      }
    }
    compared.push({ path, difference, before: a, after: b, lines });
  }
  return compared;
};

export const compareVersions = async (
  sources: ComparisonSources,
  ctx: Ctx,
  before: Side,
  after: Side,
  read: (file: VersionFile) => Promise<string | null>,
): Promise<VersionComparison> => {
  const facts = async ({ version }: Side) => ({
    run: await readable(version.runId === null ? null : sources.experiments.getRun(ctx, version.runId)),
    evaluation: await readable(
      version.evaluationId === null ? null : sources.evaluation.getEvaluation(ctx, version.evaluationId),
    ),
  });
  const [old, now] = [await facts(before), await facts(after)];
  const shown = ({ version: { id, modelName, number, digest } }: Side) => ({ id, modelName, number, digest });
  const data = ({ version }: Side): Values => ({ 'trained on': version.datasetVersionId });
  const evaluatedOn = (evaluation: Evaluation | null): Values =>
    evaluation ? { 'evaluated on': evaluation.datasetVersionId } : {};
  const environment = ({ contents }: Side): Values => ({ python: contents.python, ...contents.requirements });
  const both = (of: (side: Side) => Values): ComparedValue[] =>
    values(of(before), of(after)).filter((one) => one.before !== null || one.after !== null);
  return {
    before: shown(before),
    after: shown(after),
    version: both(registered),
    inputs: values(fields(before.contents.interface?.inputs), fields(after.contents.interface?.inputs)),
    outputs: values(fields(before.contents.interface?.outputs), fields(after.contents.interface?.outputs)),
    tags: values(before.version.tags, after.version.tags),
    parameters: values(old.run?.parameters ?? {}, now.run?.parameters ?? {}),
    metrics: values(metricsOf(old.run), metricsOf(now.run)),
    evaluation: values(evaluated(old.evaluation), evaluated(now.evaluation)),
    data: [...both(data), ...values(evaluatedOn(old.evaluation), evaluatedOn(now.evaluation))],
    environment: both(environment),
    files: await filesOf(before.contents.files, after.contents.files, read),
  };
};
