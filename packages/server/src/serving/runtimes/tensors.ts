import type { TensorMeta } from '@millwright/contract';

export type TensorData = Float64Array | Float32Array | Int32Array | BigInt64Array | Uint8Array | string[];

export interface OutputTensor {
  data: TensorData;
  dims: number[];
}

/** Values of one input over the rows of one request, checked. Plain arrays: most requests have one row. */
export type InputValues = (number | bigint | string)[];

/** The column of a data set that an input is fed from; the graph may have had to call it otherwise. */
export const columnOf = (tensor: TensorMeta): string => tensor.feature ?? tensor.name;

/** Number of values in one row. */
export const rowWidth = (tensor: Pick<TensorMeta, 'shape'>): number =>
  tensor.shape.slice(1).reduce((product, size) => product * size, 1);

/** Puts the values of several requests behind each other, as ONNX Runtime takes them. */
export const packInput = (tensor: TensorMeta, parts: readonly InputValues[], rows: number): TensorData => {
  if (tensor.datatype === 'BYTES') return parts.length === 1 ? (parts[0] as string[]) : (parts.flat() as string[]);
  const size = rows * rowWidth(tensor);
  let at = 0;
  if (tensor.datatype === 'INT64') {
    const packed = new BigInt64Array(size);
    for (const part of parts) for (const value of part) packed[at++] = BigInt(value);
    return packed;
  }
  const packed = newNumbers(tensor.datatype, size);
  for (const part of parts) for (const value of part) packed[at++] = value as number;
  return packed;
};

const newNumbers = (
  datatype: TensorMeta['datatype'],
  size: number,
): Float64Array | Float32Array | Int32Array | Uint8Array => {
  if (datatype === 'FP64') return new Float64Array(size);
  if (datatype === 'FP32') return new Float32Array(size);
  return datatype === 'INT32' ? new Int32Array(size) : new Uint8Array(size);
};

/** The rows of one request out of the outputs of a batch. */
export const outputRows = (output: OutputTensor, fromRow: number, rows: number, batchRows: number): OutputTensor => {
  if (rows === batchRows) return output;
  const width = output.data.length / batchRows;
  const [from, to] = [fromRow * width, (fromRow + rows) * width];
  const data = Array.isArray(output.data) ? output.data.slice(from, to) : output.data.subarray(from, to);
  return { data, dims: [rows, ...output.dims.slice(1)] };
};

// Not yet among TypeScript's declarations.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** As JSON. NaN and infinities, which JSON does not know, become null; an integer beyond 2^53 keeps all its digits. */
export const jsonData = ({ data }: OutputTensor, datatype: TensorMeta['datatype']): unknown[] => {
  if (Array.isArray(data)) return data;
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (value) => value !== 0);
  if (data instanceof BigInt64Array)
    return Array.from(data, (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : rawJSON(String(value))));
  return Array.from(data as Float64Array, (value) => (Number.isFinite(value) ? value : null));
};
