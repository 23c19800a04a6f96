import type { Item } from './record.ts';

/** What an item says: a number, a text, or something with parts. undefined: nothing that can be read. */
export type Value = number | boolean | string | null | Value[] | { [key: string]: Value };

export const pathOf = ({ key, nestedKey }: Item): string[] => (nestedKey.length > 0 ? nestedKey : [key]);

/** W&B writes JSON as Python does, with NaN and Infinity. */
const parseJson = (text: string): Value | undefined => {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
};

export const valueOf = (item: Item): Value | undefined => {
  switch (item.kind) {
    case 'boolean':
      return item.boolean;
    case 'integer':
      return Number(item.integer);
    case 'number':
      return item.number;
    case 'text':
      return item.text;
    case 'json':
      return parseJson(item.json);
    case 'none':
      return null;
    default:
      return parseJson(item.valueJson);
  }
};

const deepest = 20;

/** Every number, text, list ... with the path to it: what has parts with names is taken apart. */
export function* leavesOf(path: string[], value: Value): Iterable<[path: string[], value: Value]> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || path.length > deepest || Object.keys(value).length === 0) yield [path, value];
  else for (const [key, inner] of Object.entries(value)) yield* leavesOf([...path, key], inner);
}

export const textOf = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Begins the names that W&B gives by itself. */
const isInternal = (path: readonly string[]): boolean => path[0]?.startsWith('_') ?? true;

/** Images, tables and histograms are a map with `_type`, in one item or in one per part. */
export const plainLeaves = (
  items: readonly Item[],
): { leaves: [path: string[], value: Value][]; media: Set<string> } => {
  const all: [string[], Value][] = [];
  const media = new Set<string>();
  for (const item of items) {
    const value = valueOf(item);
    if (value === undefined) continue;
    for (const leaf of leavesOf(pathOf(item), value)) {
      all.push(leaf);
      if (leaf[0].at(-1) === '_type') media.add(leaf[0].slice(0, -1).join('.'));
    }
  }
  const isMedia = (path: string[]) => path.some((_, length) => media.has(path.slice(0, length).join('.')));
  return { leaves: all.filter(([path]) => !isInternal(path) && !isMedia(path)), media };
};
