import type { ContractTest, FieldType, SignatureField, TestResult, VersionContents } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { SavedVersion } from '../versions/store.ts';

/** What a test is about. */
export interface Subject {
  version: SavedVersion;
  contents: VersionContents;
}
export type Verdict = Pick<TestResult, 'outcome' | 'message'> & Partial<Pick<TestResult, 'observed' | 'threshold'>>;
type Test<Kind extends ContractTest['kind']> = Extract<ContractTest, { kind: Kind }>;

export const passed = (message: string, numbers: Partial<Verdict> = {}): Verdict => ({
  outcome: 'passed',
  message,
  ...numbers,
});
export const failed = (message: string, numbers: Partial<Verdict> = {}): Verdict => ({
  outcome: 'failed',
  message,
  ...numbers,
});
export const skipped = (message: string): Verdict => ({ outcome: 'skipped', message });

export const resultOf = ({ name, kind, weight = 'required' }: ContractTest, verdict: Verdict): TestResult => ({
  name,
  kind,
  weight,
  observed: null,
  threshold: null,
  ...verdict,
});

/** Whether a version may be approved and served with this. */
export const isGreen = (results: readonly TestResult[]): boolean =>
  results.every(
    ({ weight, outcome }) =>
      weight === 'advisory' || outcome === 'passed' || (weight === 'where-executable' && outcome === 'skipped'),
  );
/** Whether anything has to pass at all. */
export const hasRequired = (tests: readonly ContractTest[]): boolean =>
  tests.some(({ weight = 'required' }) => weight !== 'advisory');

/** Types of MLflow's signatures and of tensors, as a caller thinks of them. */
export const fieldTypeOf = (type: string): FieldType => {
  if (/^(?:double|float|FP32|FP64)$/.test(type)) return 'number';
  if (/^(?:integer|long|INT32|INT64)$/.test(type)) return 'integer';
  if (/^(?:boolean|BOOL)$/.test(type)) return 'boolean';
  return /^(?:string|BYTES)$/.test(type) ? 'text' : 'other';
};
/** A whole number may go wherever a number may. */
const fits = (given: FieldType, wanted: FieldType): boolean =>
  given === wanted || (given === 'integer' && wanted === 'number');

const list = (names: readonly string[]): string =>
  names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');

const signature = (test: Test<'signature'>, { contents }: Subject): Verdict => {
  const found = contents.interface;
  if (found === null) return failed(contents.problem ?? 'The version says nothing about its inputs and outputs.');
  const problems: string[] = [];
  const sent = new Map(test.inputs.map((column) => [column.name, column]));
  const missing = found.inputs
    .filter(({ name, required }) => required && !sent.has(name))
    .map(({ name }) => name || 'a tensor');
  if (missing.length > 0) problems.push(`It needs ${list(missing)}, which callers do not send.`);
  for (const { name, type } of found.inputs) {
    const given = sent.get(name)?.type;
    if (given !== undefined && !fits(given, fieldTypeOf(type)))
      problems.push(`It takes ${name} as ${type}, but callers send ${given}.`);
  }
  const outputs = new Map<string, SignatureField>(found.outputs.map((field) => [field.name, field]));
  for (const { name, type } of test.outputs ?? []) {
    const given = outputs.get(name);
    if (!given) problems.push(`It does not answer ${name}.`);
    else if (type !== undefined && !fits(fieldTypeOf(given.type), type))
      problems.push(`It answers ${name} as ${given.type}, but callers expect ${type}.`);
  }
  return problems.length > 0
    ? failed(problems.slice(0, 20).join(' '))
    : passed(`Takes what callers send (${found.inputs.length} inputs) and answers what they expect.`);
};

const metadata = ({ tags = {}, description = false, run = false }: Test<'metadata'>, { version }: Subject): Verdict => {
  const problems = Object.entries(tags).flatMap(([key, value]) => {
    const found = version.tags[key];
    if (found === undefined) return [`The tag ${key} is missing.`];
    return value === null || found === value
      ? []
      : [`The tag ${key} is '${found.slice(0, 100)}', not '${value.slice(0, 100)}'.`];
  });
  if (description && version.note.trim() === '') problems.push('It has no description.');
  if (run && version.runId === null) problems.push('The run it was made by is not known here.');
  return problems.length > 0 ? failed(problems.join(' ')) : passed('All that is asked for is there.');
};

const size = ({ maxBytes }: Test<'size'>, { version }: Subject): Verdict => {
  if (version.sizeBytes === null)
    return failed('Its files are not kept here: nobody knows their size.', { threshold: maxBytes });
  const numbers = { observed: version.sizeBytes, threshold: maxBytes };
  return version.sizeBytes <= maxBytes
    ? passed(`${version.sizeBytes} bytes.`, numbers)
    : failed(`${version.sizeBytes} bytes are more than ${maxBytes}.`, numbers);
};

const files = ({ paths }: Test<'files'>, { contents }: Subject): Verdict => {
  const there = new Set(contents.files.map(({ path }) => path));
  const missing = paths.filter((path) => !there.has(path));
  return missing.length > 0 ? failed(`Not there: ${list(missing)}.`) : passed('All files are there.');
};

/** Tests that look and run nothing; null for the others. */
export const judgeByLooking = (test: ContractTest, subject: Subject): Verdict | null => {
  if (test.kind === 'signature') return signature(test, subject);
  if (test.kind === 'metadata') return metadata(test, subject);
  if (test.kind === 'size') return size(test, subject);
  return test.kind === 'files' ? files(test, subject) : null;
};

/** Errors: INVALID_INPUT for tests that can say nothing. */
export const checkTests = (tests: readonly ContractTest[]): void => {
  const names = tests.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail('INVALID_INPUT', `Two tests are called '${twice}'. Name every test once.`);
  for (const test of tests) {
    if (test.kind === 'slice' && test.atLeast === undefined && test.atMost === undefined)
      fail('INVALID_INPUT', `The test '${test.name}' has no bound: give atLeast or atMost.`);
    if (test.kind === 'metadata' && !test.description && !test.run && Object.keys(test.tags ?? {}).length === 0)
      fail('INVALID_INPUT', `The test '${test.name}' asks for nothing: give tags, description or run.`);
  }
};
