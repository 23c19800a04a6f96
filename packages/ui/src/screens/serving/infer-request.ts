import type { InferReply, InferRequest, Signature, TensorMeta } from '@millwright/contract';

/** The column an input is fed with, as people know it. */
export const labelOf = (input: TensorMeta): string => input.feature ?? input.name;

type Read = { value: unknown } | { problem: string };
const limits: Partial<Record<TensorMeta['datatype'], number>> = { INT32: 2 ** 31 - 1, INT64: Number.MAX_SAFE_INTEGER };

/** What somebody typed as a value of the tensor. Nothing typed is a missing value, where the data type knows one. */
const readValue = ({ datatype }: TensorMeta, text: string): Read => {
  if (datatype === 'BYTES') return { value: text === '' ? null : text };
  if (datatype === 'BOOL')
    return text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'Choose true or false' };
  const isFloat = datatype === 'FP32' || datatype === 'FP64';
  if (text.trim() === '') return isFloat ? { value: null } : { problem: 'Type a whole number' };
  const value = Number(text);
  if (!Number.isFinite(value)) return { problem: 'Type a number' };
  if (!isFloat && !Number.isInteger(value)) return { problem: 'Type a whole number' };
  if (Math.abs(value) > (limits[datatype] ?? Infinity)) return { problem: `That does not fit in ${datatype}` };
  return { value };
};

export interface ReadInputs {
  /** null while there are problems. */
  request: InferRequest | null;
  /** By the name of the tensor. */
  problems: Record<string, string>;
}

/** A request of one row out of what was typed per input. */
export const readInputs = (signature: Signature, texts: Readonly<Record<string, string>>): ReadInputs => {
  const problems: Record<string, string> = {};
  const inputs = signature.inputs.map((input) => {
    const read = readValue(input, texts[input.name] ?? '');
    if ('problem' in read) problems[input.name] = read.problem;
    const shape = input.shape.map((size) => (size < 0 ? 1 : size));
    return {
      name: input.name,
      shape,
      datatype: input.datatype as string,
      data: ['value' in read ? read.value : null] as unknown[],
    };
  });
  return { request: Object.keys(problems).length === 0 ? { inputs } : null, problems };
};

/** Texts for the form out of the inputs of a captured prediction. */
export const textsOf = (signature: Signature, inputs: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    signature.inputs.map((input) => {
      const value = inputs[input.name] ?? inputs[labelOf(input)] ?? null;
      return [input.name, value === null ? '' : String(value)];
    }),
  );

export interface ReadReply {
  answer: string;
  /** Most probable first; empty where the model gives none. */
  classes: { label: string; probability: number }[];
  predictionId: string | null;
  variant: string | null;
}

/** What the first row of a reply says. */
export const readReply = (signature: Signature, reply: InferReply): ReadReply => {
  const dataOf = (name: string) => reply.outputs.find((output) => output.name === name)?.data;
  const probabilities = dataOf('probabilities') ?? [];
  const ids = reply.parameters['prediction_ids'];
  const variant = reply.parameters['variant'];
  const answer = dataOf('label')?.[0] ?? dataOf('value')?.[0] ?? reply.outputs[0]?.data[0] ?? null;
  return {
    answer: answer === null ? 'nothing' : String(answer),
    classes: (signature.classes ?? [])
      .flatMap((label, index) => {
        const probability = probabilities[index];
        return typeof probability === 'number' ? [{ label, probability }] : [];
      })
      .sort((a, b) => b.probability - a.probability),
    predictionId: Array.isArray(ids) ? String(ids[0]) : null,
    variant: typeof variant === 'string' ? variant : null,
  };
};
