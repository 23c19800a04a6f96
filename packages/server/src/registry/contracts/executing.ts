import type { ContractTest } from '@millwright/contract';
import { metricsFor, type Predicted, type Truth } from '#evaluation';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isMillwrightError } from '#platform/errors';
import { featureOf, type TableColumn, type TrainingService, type TrainingTable } from '#training';
import { failed, passed, skipped, type Subject, type Verdict } from './judge.ts';
import { type Cell, type OnnxAnswer, type OnnxJob, runOnnx } from './onnx-process.ts';

type Test<Kind extends ContractTest['kind']> = Extract<ContractTest, { kind: Kind }>;

export interface Executing {
  platform: Pick<Platform, 'blobs'>;
  training: Pick<TrainingService, 'readTable'>;
  signal: AbortSignal;
}
/** A file that can be run here. */
interface Runnable {
  path: string;
  columns: string[] | null;
  tensors: Record<string, string>;
}

const maxOnnxBytes = 1_000_000_000;
/** Of a slice: more rows cost more and say hardly more. */
const maxSliceRows = 50_000;
const defaultTolerance = 1e-6;

const runnableOf = async ({ platform }: Executing, { version, contents }: Subject): Promise<Runnable | string> => {
  const files = contents.files.filter(({ path }) => path.endsWith('.onnx'));
  const [file] = files;
  const flavours = contents.flavours.length > 0 ? ` (${contents.flavours.join(', ')})` : '';
  if (!file) return `It cannot be executed here${flavours}: there is no ONNX file among its files.`;
  if (files.length > 1) return `It cannot be executed here: it has ${files.length} ONNX files.`;
  if (file.sizeBytes > maxOnnxBytes)
    return `It cannot be executed here: its ONNX file is larger than ${maxOnnxBytes} bytes.`;
  const path = await platform.blobs.localPath(file.digest);
  const named = contents.interface?.inputs.map(({ name }) => name) ?? [];
  return {
    path,
    columns: named.length > 0 && !named.includes('') ? named : null,
    tensors: Object.fromEntries((version.signature?.inputs ?? []).map((input) => [featureOf(input), input.name])),
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? 'nothing';
const isClose = (a: unknown, b: unknown, tolerance: number): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a === b || Math.abs(a - b) <= tolerance : a === b;
const agrees = (expected: unknown, found: unknown, tolerance: number): boolean => {
  if (!Array.isArray(expected)) return isClose(expected, found, tolerance);
  return (
    Array.isArray(found) &&
    found.length === expected.length &&
    expected.every((value, at) => isClose(value, found[at], tolerance))
  );
};

const columnsFor = ({ columns }: Runnable, row: Record<string, Cell>): string[] => columns ?? Object.keys(row);
const jobOf = (runnable: Runnable, columns: string[], rows: Cell[][], calls = 0): OnnxJob => ({
  path: runnable.path,
  tensors: runnable.tensors,
  columns,
  rows,
  calls,
});

const examples = async (test: Test<'examples'>, runnable: Runnable, signal: AbortSignal): Promise<Verdict> => {
  const tolerance = test.tolerance ?? defaultTolerance;
  const columns = columnsFor(runnable, test.examples[0]?.inputs ?? {});
  const rows = test.examples.map(({ inputs }) => columns.map((column) => inputs[column] ?? null));
  const { outputs } = await runOnnx(jobOf(runnable, columns, rows), { signal });
  const problems: string[] = [];
  test.examples.forEach((example, row) => {
    for (const [name, expected] of Object.entries(example.outputs)) {
      const found = outputs[name];
      if (!found) problems.push(`It has no output ${name}; there are ${Object.keys(outputs).join(', ')}.`);
      else if (!agrees(expected, found[row], tolerance))
        problems.push(`Example ${row + 1}: ${name} is ${show(found[row])}, expected ${show(expected)}.`);
    }
  });
  return problems.length > 0
    ? failed([...new Set(problems)].slice(0, 5).join(' '))
    : passed(`${test.examples.length} examples agree, to ${tolerance}.`);
};

const latency = async (test: Test<'latency'>, runnable: Runnable, signal: AbortSignal): Promise<Verdict> => {
  const columns = columnsFor(runnable, test.row);
  const row = columns.map((column) => test.row[column] ?? null);
  const { timesMs } = await runOnnx(jobOf(runnable, columns, [row], test.calls ?? 200), { signal });
  const sorted = timesMs.toSorted((a, b) => a - b);
  const p95 = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
  const numbers = { observed: p95, threshold: test.maxP95Ms };
  const message = `95 % of ${timesMs.length} calls took at most ${p95.toFixed(3)} ms`;
  return p95 <= test.maxP95Ms
    ? passed(`${message}.`, numbers)
    : failed(`${message}, more than ${test.maxP95Ms} ms.`, numbers);
};

const cellAt = (column: TableColumn, row: number): Cell => {
  if (column.kind === 'number') return Number.isNaN(column.values[row]) ? null : (column.values[row] ?? null);
  const code = column.codes[row] ?? -1;
  return code < 0 ? null : (column.levels[code] ?? null);
};

const rowsOfSlice = (table: TrainingTable, { where, target }: Test<'slice'>): number[] | string => {
  for (const name of [target, ...(where ? [where.column] : [])])
    if (!Object.hasOwn(table.columns, name)) return `The data set version has no column '${name}'.`;
  const wanted = where && (typeof where.equals === 'boolean' ? Number(where.equals) : where.equals);
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount && rows.length < maxSliceRows; row++) {
    if (where && cellAt(table.columns[where.column]!, row) !== wanted) continue;
    if (cellAt(table.columns[target]!, row) !== null) rows.push(row);
  }
  return rows;
};

const predictedOf = (outputs: OnnxAnswer['outputs'], task: Truth['task'], classes: number): Predicted | string => {
  const named = (...names: string[]) => names.map((name) => outputs[name]).find((values) => values !== undefined);
  if (task === 'regression') {
    const values = named('value', 'variable') ?? Object.values(outputs)[0] ?? [];
    return { task, values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)) };
  }
  const labels = named('label', 'output_label') ?? Object.values(outputs)[0] ?? [];
  if (labels.some((label) => Array.isArray(label))) return 'It answers no labels.';
  const chances = named('probabilities', 'output_probability');
  const flat = chances?.flat() as number[] | undefined;
  return {
    task,
    labels: labels.map(String),
    probabilities: flat && flat.length === labels.length * classes ? Float64Array.from(flat) : null,
  };
};

const slice = async (
  test: Test<'slice'>,
  runnable: Runnable,
  { training, signal }: Executing,
  ctx: Ctx,
  subject: Subject,
): Promise<Verdict> => {
  const table = await training.readTable(ctx, test.datasetVersionId);
  const rows = rowsOfSlice(table, test);
  if (typeof rows === 'string') return failed(rows);
  if (rows.length === 0) return failed('No row of the data set version is in the slice.');
  const columns = runnable.columns ?? Object.keys(table.columns).filter((name) => name !== test.target);
  const absent = columns.filter((name) => !Object.hasOwn(table.columns, name));
  if (absent.length > 0)
    return failed(`The data set version lacks columns that the model needs: ${absent.join(', ')}.`);
  const cells = rows.map((row) => columns.map((name) => cellAt(table.columns[name]!, row)));
  const { outputs } = await runOnnx(jobOf(runnable, columns, cells), { signal });
  const target = rows.map((row) => cellAt(table.columns[test.target]!, row));
  const isRegression = ['rmse', 'mae', 'r2'].includes(test.metric);
  const labels = target.map(String);
  const classes = subject.version.signature?.classes ?? [...new Set(labels)].sort();
  const truth: Truth = isRegression
    ? { task: 'regression', rows: Int32Array.from(rows), values: Float64Array.from(target, Number) }
    : { task: 'classification', rows: Int32Array.from(rows), labels };
  const predicted = predictedOf(outputs, truth.task, classes.length);
  if (typeof predicted === 'string') return failed(predicted);
  const observed = metricsFor(truth, predicted, classes)[test.metric];
  if (observed === undefined || !Number.isFinite(observed))
    return failed(`${test.metric} is not defined on these ${rows.length} rows.`);
  const isTooLow = test.atLeast !== undefined && observed < test.atLeast;
  const isTooHigh = test.atMost !== undefined && observed > test.atMost;
  const message = `${test.metric} is ${observed.toPrecision(6)} over ${rows.length} rows`;
  const numbers = { observed, threshold: (isTooHigh ? test.atMost : (test.atLeast ?? test.atMost)) ?? null };
  if (isTooLow) return failed(`${message}, less than ${test.atLeast}.`, numbers);
  return isTooHigh ? failed(`${message}, more than ${test.atMost}.`, numbers) : passed(`${message}.`, numbers);
};

/** Tests that run the model. What the model does wrong is its failure; what this server cannot do is skipped. */
export const judgeByRunning = async (
  executing: Executing,
  ctx: Ctx,
  test: ContractTest,
  subject: Subject,
): Promise<Verdict> => {
  const runnable = await runnableOf(executing, subject);
  if (typeof runnable === 'string') return skipped(runnable);
  try {
    if (test.kind === 'examples') return await examples(test, runnable, executing.signal);
    if (test.kind === 'latency') return await latency(test, runnable, executing.signal);
    if (test.kind === 'slice') return await slice(test, runnable, executing, ctx, subject);
    return skipped(`Nobody knows how to do a test of the kind ${test.kind}.`);
  } catch (error) {
    // The server stops, or the storage is gone: tried again, and no fault of the model.
    if (executing.signal.aborted || (isMillwrightError(error) && error.status >= 500)) throw error;
    return failed(messageOf(error));
  }
};
