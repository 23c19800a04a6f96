/** A place in `with` that is filled in when the step runs. `path` is a JSON pointer to it. */
export type Reference =
  | { kind: 'output'; target: string; path: string }
  | { kind: 'parameter'; target: string; path: string }
  | { kind: 'malformed'; target: string; path: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const pointer = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** What this very value refers to: `{"$from": "step.path"}` or `{"$parameter": "name"}` and nothing beside it. */
export const referenceOf = (value: unknown, path = ''): Reference | null => {
  if (!isRecord(value) || !('$from' in value || '$parameter' in value)) return null;
  const [key = '', ...others] = Object.keys(value);
  const target = value[key];
  if (others.length > 0 || typeof target !== 'string' || target === '')
    return { kind: 'malformed', target: JSON.stringify(value), path };
  return { kind: key === '$from' ? 'output' : 'parameter', target, path };
};

/** Whether lists and objects lie in each other deeper than `levels`: such a value would exhaust the stack of whoever walks it. */
export const isDeeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)));

export const referencesIn = (value: unknown, path = ''): Reference[] => {
  const reference = referenceOf(value, path);
  if (reference) return [reference];
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesIn(item, pointer(path, index)));
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => referencesIn(item, pointer(path, key))) : [];
};

/** Step names may contain dots: the longest name that fits is meant. null: no such step. */
export const splitTarget = (target: string, stepNames: Iterable<string>): { step: string; path: string[] } | null => {
  const fitting = [...stepNames]
    .filter((name) => target === name || target.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (fitting === undefined) return null;
  return { step: fitting, path: target === fitting ? [] : target.slice(fitting.length + 1).split('.') };
};

/** Own properties and indexes only; undefined where there is nothing. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
};

/** A copy with every reference replaced by what `lookup` answers for it. */
export const resolveReferences = (value: unknown, lookup: (reference: Reference) => unknown): unknown => {
  const reference = referenceOf(value);
  if (reference) return lookup(reference);
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, lookup));
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, lookup)]))
    : value;
};
