import type { OnnxVersion } from '#registry';
import type { RequestRows } from '../runtimes/request-rows.ts';
import { type OutputTensor, columnOf } from '../runtimes/tensors.ts';
import type { EndpointRoute, Role } from '../endpoints/route.ts';

/** One row in the journal, as short names: a line is written for every prediction. */
export interface CaptureLine {
  /** Endpoint. */
  e: string;
  /** Model version, and its number. */
  v: string;
  n: number;
  /** 1: the challenger answered. */
  c: 0 | 1;
  /** 1: the caller asked for this version. */
  o: 0 | 1;
  /** Prediction id. */
  p: string;
  /** Epoch ms. */
  t: number;
  /** Unit. */
  u: string;
  /** Error code of a failed row. */
  f?: string;
  /** Predicted label. */
  l?: string;
  /** Predicted value. */
  y?: number;
  /** Probabilities in the order of the model's classes. */
  q?: number[];
  /** Inputs of the model by column of the data set, then what was only to be captured. Missing values are null. */
  i: Record<string, number | string | null>;
}

export interface Answered {
  route: EndpointRoute;
  version: OnnxVersion;
  role: Role;
  forced: boolean;
  predictionIds: readonly string[];
  at: number;
  unit: string;
  request: RequestRows;
}

const json = JSON.stringify;
const valueText = (value: number | bigint | string): string => {
  if (typeof value === 'string') return value === '' ? 'null' : json(value);
  return value === value ? String(value) : 'null';
};

/** Lines of one request. Without outputs the inference failed, with `failure` as the code. */
export const captureLines = (
  answered: Answered,
  outputs: readonly OutputTensor[] | null,
  failure: string,
): string[] => {
  const { route, version, role, forced, predictionIds, at, request } = answered;
  const head = `{"e":"${route.endpointId}","v":"${version.id}","n":${version.number},"c":${role === 'challenger' ? 1 : 0},"o":${forced ? 1 : 0},"t":${at}`;
  const units = unitsOf(answered);
  return predictionIds.map((id, row) => {
    const result = outputs ? outputText(version, outputs, row) : `,"f":${json(failure)}`;
    return `${head},"p":"${id}","u":${json(units(row))}${result},"i":{${inputText(version, request, row)}}}`;
  });
};

const unitsOf = ({ route, version, request, unit }: Answered): ((row: number) => string) => {
  if (route.unitColumn === null || request.rows === 1) return () => unit;
  const values = unitValues(route.unitColumn, version, request);
  return values ? (row) => String(values[row]) : () => unit;
};

/** The values of the input that decides the variant. */
export const unitValues = (
  unitColumn: string,
  version: OnnxVersion,
  request: RequestRows,
): readonly (number | bigint | string)[] | undefined => {
  const extra = request.extras.find(({ name }) => name === unitColumn);
  if (extra) return extra.values;
  return request.columns[version.signature.inputs.findIndex((input) => columnOf(input) === unitColumn)];
};

const inputText = (version: OnnxVersion, request: RequestRows, row: number): string => {
  let text = '';
  version.signature.inputs.forEach((input, index) => {
    const name = columnOf(input);
    const values = request.columns[index] ?? [];
    const width = values.length / request.rows;
    // A vector has a column per element.
    if (width === 1) text += `${text === '' ? '' : ','}${json(name)}:${valueText(values[row] as number)}`;
    else
      for (let k = 0; k < width; k++)
        text += `${text === '' ? '' : ','}${json(`${name}[${k}]`)}:${valueText(values[row * width + k] as number)}`;
  });
  for (const { name, values } of request.extras)
    text += `${text === '' ? '' : ','}${json(name)}:${valueText(values[row] as number)}`;
  return text;
};

const outputText = (version: OnnxVersion, outputs: readonly OutputTensor[], row: number): string => {
  let text = '';
  version.signature.outputs.forEach(({ name }, index) => {
    const output = outputs[index];
    if (!output) return;
    if (name === 'label') text += `,"l":${json(String(output.data[row]))}`;
    else if (name === 'value') text += `,"y":${finiteText(Number(output.data[row]))}`;
    else if (name === 'probabilities') {
      const width = output.dims[1] ?? 1;
      text += `,"q":[${Array.from({ length: width }, (_, k) => finiteText(Number(output.data[row * width + k]))).join(',')}]`;
    }
  });
  return text;
};

const finiteText = (value: number): string => (Number.isFinite(value) ? String(value) : 'null');
