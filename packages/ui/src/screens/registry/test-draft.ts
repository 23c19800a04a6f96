import type { ContractTest, FieldType, MetricName } from '@millwright/contract';

/** A test as somebody fills it in: texts that may not mean anything yet. */
export interface TestDraft {
  name: string;
  kind: ContractTest['kind'];
  weight: NonNullable<ContractTest['weight']>;
  /** By the name of the field; what is left out is empty. */
  fields: Readonly<Record<string, string>>;
}
type Of<Kind extends ContractTest['kind']> = Extract<ContractTest, { kind: Kind }>;
type Fields = TestDraft['fields'];

const bytesPerMegabyte = 1_000_000;
const fieldTypes = ['boolean', 'integer', 'number', 'text', 'other'];
const linesOf = (text = ''): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** What is wrong with a field, to be shown to who fills it in. */
class Problem extends Error {}
const wrong = (text: string): never => {
  throw new Problem(text);
};

const numberOf = (fields: Fields, field: string, called: string): number => {
  const number = Number(fields[field]);
  return (fields[field] ?? '').trim() === '' || !Number.isFinite(number)
    ? wrong(`${called} must be a number.`)
    : number;
};
const optionalNumber = <Name extends string>(fields: Fields, field: Name, called: string) =>
  (fields[field] ? { [field]: numberOf(fields, field, called) } : {}) as { [key in Name]?: number };

type JsonObject = Record<string, never>;
const objectOf = (text: string): JsonObject | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
};

/** `amount: number`, one per line; the type may be left out. */
type Columns = Of<'signature'>['inputs'];
export const columnLines = (columns: Columns = []): string =>
  columns.map(({ name, type }) => (type ? `${name}: ${type}` : name)).join('\n');
const columnsOf = (text: string | undefined): Columns =>
  linesOf(text).map((line) => {
    const at = line.lastIndexOf(':');
    const type = line.slice(at + 1).trim();
    return at > 0 && fieldTypes.includes(type)
      ? { name: line.slice(0, at).trim(), type: type as FieldType }
      : { name: line };
  });

/** `inputs -> outputs`, one per line, both in JSON. */
const exampleLines = (examples: Of<'examples'>['examples']): string =>
  examples.map(({ inputs, outputs }) => `${JSON.stringify(inputs)} -> ${JSON.stringify(outputs)}`).join('\n');
const arrow = ' -> ';
const examplesOf = (text: string | undefined): Of<'examples'>['examples'] => {
  const lines = linesOf(text);
  if (lines.length === 0) wrong('Give at least one example.');
  return lines.map((line, index) => {
    // An arrow may stand in a text of the inputs as well.
    for (let at = line.indexOf(arrow); at >= 0; at = line.indexOf(arrow, at + 1)) {
      const [inputs, outputs] = [objectOf(line.slice(0, at)), objectOf(line.slice(at + arrow.length))];
      if (inputs !== null && outputs !== null) return { inputs, outputs };
    }
    return wrong(`Example ${index + 1} must be inputs -> outputs, both objects in JSON.`);
  });
};

/** `key=value`, or `key` for any value. */
const tagLines = (tags: Of<'metadata'>['tags'] = {}): string =>
  Object.entries(tags)
    .map(([key, value]) => (value === null ? key : `${key}=${value}`))
    .join('\n');
const tagsOf = (text: string | undefined): Record<string, string | null> =>
  Object.fromEntries(
    linesOf(text).map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, null] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );

const cellOf = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
};

const text = (value: number | undefined): string => (value === undefined ? '' : String(value));

interface Codec<Kind extends ContractTest['kind']> {
  write(test: Of<Kind>): Record<string, string>;
  read(fields: Fields): Omit<Of<Kind>, 'name' | 'kind' | 'weight'>;
}
const codecs: { [Kind in ContractTest['kind']]: Codec<Kind> } = {
  signature: {
    write: ({ inputs, outputs }) => ({ inputs: columnLines(inputs), outputs: columnLines(outputs) }),
    read: ({ inputs, outputs }) => ({
      inputs: columnsOf(inputs),
      ...(linesOf(outputs).length > 0 ? { outputs: columnsOf(outputs) } : {}),
    }),
  },
  metadata: {
    write: ({ tags, description, run }) => ({
      tags: tagLines(tags),
      description: description ? 'on' : '',
      run: run ? 'on' : '',
    }),
    read: ({ tags, description, run }) => ({
      ...(linesOf(tags).length > 0 ? { tags: tagsOf(tags) } : {}),
      ...(description ? { description: true } : {}),
      ...(run ? { run: true } : {}),
    }),
  },
  size: {
    write: ({ maxBytes }) => ({ megabytes: String(maxBytes / bytesPerMegabyte) }),
    read: (fields) => ({ maxBytes: Math.round(numberOf(fields, 'megabytes', 'The size') * bytesPerMegabyte) }),
  },
  files: {
    write: ({ paths }) => ({ paths: paths.join('\n') }),
    read: ({ paths }) => ({ paths: linesOf(paths).length > 0 ? linesOf(paths) : wrong('Name at least one file.') }),
  },
  examples: {
    write: ({ examples, tolerance }) => ({ examples: exampleLines(examples), tolerance: text(tolerance) }),
    read: (fields) => ({
      examples: examplesOf(fields['examples']),
      ...optionalNumber(fields, 'tolerance', 'The tolerance'),
    }),
  },
  latency: {
    write: ({ row, maxP95Ms, calls }) => ({ row: JSON.stringify(row), maxP95Ms: text(maxP95Ms), calls: text(calls) }),
    read: (fields) => ({
      row: objectOf(fields['row'] ?? '') ?? wrong('The row must be an object in JSON, like {"amount": 12.5}.'),
      maxP95Ms: numberOf(fields, 'maxP95Ms', 'The time'),
      ...optionalNumber(fields, 'calls', 'The number of calls'),
    }),
  },
  slice: {
    write: ({ datasetVersionId, target, where, metric, atLeast, atMost }) => ({
      datasetVersionId,
      target,
      column: where?.column ?? '',
      equals: where ? String(where.equals) : '',
      metric,
      atLeast: text(atLeast),
      atMost: text(atMost),
    }),
    read: (fields) => ({
      datasetVersionId: fields['datasetVersionId'] || wrong('Choose the data set version.'),
      target: fields['target'] || wrong('Name the column that is predicted.'),
      metric: (fields['metric'] || 'accuracy') as MetricName,
      ...(fields['column'] ? { where: { column: fields['column'], equals: cellOf(fields['equals'] ?? '') } } : {}),
      ...optionalNumber(fields, 'atLeast', 'The least value'),
      ...optionalNumber(fields, 'atMost', 'The greatest value'),
    }),
  },
};

export const draftOf = (test: ContractTest): TestDraft => ({
  name: test.name,
  kind: test.kind,
  weight: test.weight ?? 'required',
  fields: (codecs[test.kind] as Codec<typeof test.kind>).write(test as never),
});

/** The test that a draft means, or what is wrong with it. The server has the last word. */
export const testOf = ({ name, kind, weight, fields }: TestDraft): { test: ContractTest } | { problem: string } => {
  if (name.trim() === '') return { problem: 'Give the test a name.' };
  try {
    const content = codecs[kind].read(fields);
    const test = { name: name.trim(), kind, ...(weight === 'required' ? {} : { weight }), ...content };
    return { test: test as ContractTest };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  }
};
