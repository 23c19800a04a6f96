import type { InferRequest } from '@millwright/contract';
import { fail, messageOf } from '#platform/errors';

const longInteger = /\d{16}/;

/** JavaScript's numbers lose digits beyond 2^53; whole ones become bigints from their source text. */
const keepDigits = (_key: string, value: unknown, context?: { source?: string }): unknown => {
  const source = context?.source;
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
};

const parse = (text: string, hasInt64: boolean): unknown => {
  try {
    return hasInt64 && longInteger.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    const note = /\b(NaN|Infinity)\b/.test(text)
      ? ' NaN and Infinity are not JSON: send null for a missing number.'
      : '';
    return fail('BODY_UNREADABLE', `The body is not valid JSON: ${messageOf(error)}.${note}`);
  }
};

/** What can be said of a request without knowing the model; its inputs are checked against the model later. */
export const readInferRequest = (body: unknown, hasInt64: boolean): InferRequest => {
  if (typeof body !== 'string' || body === '')
    return fail('BODY_UNREADABLE', 'The body is empty. Send a JSON object with `inputs`.');
  const request = parse(body, hasInt64);
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return fail('INVALID_INPUT', 'The body must be a JSON object with `inputs`.');
  const { id, parameters } = request as { id?: unknown; parameters?: unknown };
  if (id !== undefined && (typeof id !== 'string' || id.length > 200))
    fail('INVALID_INPUT', "'id' must be a string of at most 200 characters.");
  if (parameters !== undefined && (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)))
    fail('INVALID_INPUT', "'parameters' must be an object.");
  return request as InferRequest;
};
