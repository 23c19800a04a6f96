// Not yet among TypeScript's own types.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Of metrics, which clients count with all of 64 bits; what a double does not hold comes as a bigint. */
const counted: ReadonlySet<string> = new Set(['step', 'timestamp', 'start_step', 'end_step']);
const longInteger = /\d{16}/;

const keepDigits = (key: string, value: unknown, context?: { source?: string }): unknown => {
  const source = context?.source;
  return typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    counted.has(key) &&
    source &&
    /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
};

/** Errors: SyntaxError. */
export const parseBody = (text: string): unknown =>
  longInteger.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

/** For JSON.stringify, with all digits. */
export const int64OnWire = (value: number | bigint | string): unknown =>
  typeof value === 'number' ? value : rawJSON(String(value));
