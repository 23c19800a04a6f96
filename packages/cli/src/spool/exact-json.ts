/** Numbers keep the digits they came with (2^53 + 1, -0.0, 1e400), however often they are read and written. */
interface Source {
  source?: string;
}
type Reviver = (this: unknown, key: string, value: unknown, context: Source) => unknown;
const exact = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: Reviver): unknown;
};

export type Json = Record<string, unknown>;

/** The object in `text`, with every number as its digits: for what is written again, not for what is calculated with. */
export const parseExactly = (text: string): Json =>
  exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exact.rawJSON(source) : value,
  ) as Json;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects in the list under this name; nothing where there is none. */
export const objectsIn = (body: Json, name: string): Json[] => {
  const value = body[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
};

export const textIn = (body: Json, name: string): string | undefined => {
  const value = body[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
};
