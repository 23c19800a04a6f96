import type { InferRequest, TensorMeta } from '@millwright/contract';
import { fail } from '#platform/errors';
import { type InputValues, rowWidth } from './tensors.ts';

/** The inputs of a model, prepared for reading many requests. */
export interface InputPlan {
  inputs: (TensorMeta & { width: number })[];
  positions: Map<string, number>;
  /** Whether a request must be read with whole numbers beyond 2^53 intact. */
  hasInt64: boolean;
}

/** An input the model does not take, to be captured beside the others. */
export interface ExtraInput {
  name: string;
  values: InputValues;
}

export interface RequestRows {
  rows: number;
  /** In the order of the model's inputs. */
  columns: InputValues[];
  extras: ExtraInput[];
}

type RequestInput = InferRequest['inputs'][number];
type Datatype = TensorMeta['datatype'];

const maxRows = 100_000;
const int32 = 2_147_483_648;
const integers = /^U?INT(8|16|32|64)$/;
const numbers = /^(FP(16|32|64)|U?INT(8|16|32|64))$/;

export const inputPlanOf = (inputs: readonly TensorMeta[]): InputPlan => ({
  inputs: inputs.map((input) => ({ ...input, width: rowWidth(input) })),
  positions: new Map(inputs.map((input, index) => [input.name, index])),
  hasInt64: inputs.some((input) => input.datatype === 'INT64'),
});

const refuse = (input: string, problem: string): never => fail('INVALID_INPUT', `Input '${input}' ${problem}.`);

/**
 * Checks a request against the model and takes its values out. Errors: INVALID_INPUT naming the input. An input the model
 * does not take is refused, unless it is `unitColumn` or says `parameters: { capture_only: true }`: then it is only captured.
 */
export const readRequestRows = (plan: InputPlan, request: InferRequest, unitColumn: string | null): RequestRows => {
  const given: unknown = request.inputs;
  if (!Array.isArray(given) || given.length === 0)
    return fail('INVALID_INPUT', "'inputs' must be a list of at least one input.");
  const columns = new Array<InputValues>(plan.inputs.length);
  const extras: ExtraInput[] = [];
  let found = 0;
  let rows = -1;
  for (const input of given as RequestInput[]) {
    if (typeof input !== 'object' || input === null || typeof input.name !== 'string')
      return fail('INVALID_INPUT', 'Every input needs a name.');
    const position = plan.positions.get(input.name);
    const expected =
      position === undefined
        ? extraInput(plan, input, unitColumn)
        : (plan.inputs[position] as InputPlan['inputs'][number]);
    const inputRows = readShape(input, expected);
    if (rows === -1) rows = inputRows;
    else if (rows !== inputRows) refuse(input.name, `has ${inputRows} rows, the ones before it have ${rows}`);
    const values = readValues(input, expected, inputRows * expected.width);
    if (position === undefined) {
      if (extras.some((extra) => extra.name === input.name)) refuse(input.name, 'is given twice');
      extras.push({ name: input.name, values });
    } else {
      if (columns[position] !== undefined) refuse(input.name, 'is given twice');
      columns[position] = values;
      found++;
    }
  }
  if (found < columns.length)
    refuse(plan.inputs.find((_, index) => columns[index] === undefined)?.name ?? '', 'is missing');
  return { rows, columns, extras };
};

const extraInput = (plan: InputPlan, input: RequestInput, unitColumn: string | null): InputPlan['inputs'][number] => {
  if (input.name !== unitColumn && (input.parameters as Record<string, unknown> | undefined)?.['capture_only'] !== true)
    refuse(
      input.name,
      `is not an input of the model, which takes ${plan.inputs.map(({ name }) => `'${name}'`).join(', ')}. Leave it out, or mark it parameters.capture_only to have it captured`,
    );
  const datatype: Datatype = input.datatype === 'BYTES' || input.datatype === 'BOOL' ? input.datatype : 'FP64';
  return { name: input.name, datatype, shape: [-1, 1], width: 1 };
};

/** `[n, ...]` as the model has it; `[n]` also where a row is a single value. */
const readShape = (input: RequestInput, expected: InputPlan['inputs'][number]): number => {
  const shape: unknown = input.shape;
  if (!Array.isArray(shape) || shape.length === 0) return refuse(input.name, 'has no shape');
  const rows: unknown = shape[0];
  const wanted = expected.shape;
  const flat = shape.length === 1 && expected.width === 1;
  if (!flat && (shape.length !== wanted.length || wanted.some((size, axis) => axis > 0 && shape[axis] !== size)))
    refuse(
      input.name,
      `has the shape [${shape.map(String).join(', ')}], the model takes [${wanted.join(', ')}], where -1 is the number of rows`,
    );
  if (!Number.isInteger(rows) || (rows as number) < 1) return refuse(input.name, 'has no rows');
  if ((rows as number) > maxRows) refuse(input.name, `has more than ${maxRows} rows; send them in several requests`);
  if (wanted[0] !== undefined && wanted[0] > 0 && wanted[0] !== rows)
    refuse(input.name, `has ${rows} rows, the model takes exactly ${wanted[0]}`);
  return rows as number;
};

const readValues = (input: RequestInput, expected: InputPlan['inputs'][number], count: number): InputValues => {
  const { name, datatype } = input;
  if (typeof datatype !== 'string') return refuse(name, 'has no datatype');
  const compatible = numbers.test(expected.datatype) ? numbers.test(datatype) : datatype === expected.datatype;
  if (!compatible) refuse(name, `has the datatype ${datatype.slice(0, 20)}, the model takes ${expected.datatype}`);
  const given: unknown = input.data;
  if (!Array.isArray(given)) return refuse(name, "has no list 'data'");
  const values = Array.isArray(given[0]) ? flatten(name, given, input.shape, 0, []) : given;
  if (values.length !== count) refuse(name, `has ${values.length} values, its shape makes ${count}`);
  if (expected.datatype === 'BYTES') return readStrings(name, values);
  if (expected.datatype === 'BOOL') return readBooleans(name, values);
  return readNumbers(name, values, expected.datatype, integers.test(datatype));
};

const flatten = (
  name: string,
  data: readonly unknown[],
  shape: readonly number[],
  axis: number,
  into: unknown[],
): unknown[] => {
  if (axis >= shape.length) return refuse(name, 'is nested deeper than its shape');
  if (data.length !== shape[axis]) refuse(name, `is not nested as its shape [${shape.join(', ')}] says`);
  for (const item of data) {
    if (Array.isArray(item)) flatten(name, item, shape, axis + 1, into);
    else if (axis === shape.length - 1) into.push(item);
    else refuse(name, `is not nested as its shape [${shape.join(', ')}] says`);
  }
  return into;
};

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;

const readNumbers = (name: string, values: unknown[], datatype: Datatype, whole: boolean): InputValues => {
  const isFloat = datatype === 'FP64' || datatype === 'FP32';
  // Requests without a missing value, which are most, keep the list they came in.
  let read = values as InputValues;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'number') {
      if (value - value !== 0 || (datatype === 'FP32' && !Number.isFinite(Math.fround(value))))
        refuse(name, `value ${i + 1}: is not a finite ${datatype} number`);
      if ((whole || !isFloat) && !Number.isInteger(value)) refuse(name, `value ${i + 1}: is not a whole number`);
      if (datatype === 'INT32' && (value < -int32 || value >= int32))
        refuse(name, `value ${i + 1}: does not fit in INT32`);
      if (datatype === 'INT64' && !Number.isSafeInteger(value))
        refuse(
          name,
          `value ${i + 1}: a number beyond 2^53 keeps its digits only through the Open Inference Protocol route /v2`,
        );
    } else if (typeof value === 'bigint') {
      if (datatype === 'INT64' ? BigInt.asIntN(64, value) !== value : !Number.isSafeInteger(Number(value)))
        refuse(name, `value ${i + 1}: does not fit in ${datatype}`);
      if (datatype !== 'INT64') read = replaced(read, values, i, Number(value));
    } else if (value === null && isFloat) {
      read = replaced(read, values, i, Number.NaN);
    } else refuse(name, `value ${i + 1}: is ${kindOf(value)}, not a number`);
  }
  return read;
};

const replaced = (read: InputValues, original: unknown[], index: number, value: number | string): InputValues => {
  const copy = read === original ? [...read] : read;
  copy[index] = value;
  return copy;
};

const readStrings = (name: string, values: unknown[]): InputValues => {
  let read = values as InputValues;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string') continue;
    if (value !== null) refuse(name, `value ${i + 1}: is ${kindOf(value)}, not a string`);
    read = replaced(read, values, i, '');
  }
  return read;
};

const readBooleans = (name: string, values: unknown[]): InputValues =>
  values.map((value, index) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    return value === 0 || value === 1
      ? value
      : refuse(name, `value ${index + 1}: is ${kindOf(value)}, not true or false`);
  });
