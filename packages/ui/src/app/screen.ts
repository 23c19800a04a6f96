import type { ComponentType } from 'react';

/** Reads one search parameter; undefined means: not given or not usable, so it is dropped from the address. */
export type SearchReader = (text: string) => string | undefined;
export const oneOf =
  (...values: readonly string[]): SearchReader =>
  (text) =>
    values.includes(text) ? text : undefined;
export const integer =
  (minimum: number, maximum: number): SearchReader =>
  (text) =>
    /^-?\d{1,15}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum ? String(Number(text)) : undefined;
export const text =
  (maxLength = 2000): SearchReader =>
  (value) =>
    value !== '' && value.length <= maxLength ? value : undefined;

/** One screen: where it is, what it is called, which search parameters it has, and the file it is in. */
export interface ScreenDefinition {
  /** Below `/p/:project/`, with `$name` for parameters: `data/$dataset`. */
  path: string;
  title: string;
  load: () => Promise<{ default: ComponentType }>;
  /** Besides those of tables (`filter`, `sort`, `columns`, `peek`, also with a prefix), which every screen has. */
  search?: Readonly<Record<string, SearchReader>>;
}

const tableKey = /^(?:[a-z][a-z0-9-]*\.)?(?:filter|sort|columns|peek)$/;

/** Keeps the search parameters a screen knows, in a usable form; everything else is dropped. */
export const readSearch = (
  definition: Pick<ScreenDefinition, 'search'>,
  raw: Record<string, unknown>,
): Record<string, string> => {
  const known: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value !== 'string') continue;
    const reader =
      definition.search && Object.hasOwn(definition.search, key)
        ? definition.search[key]
        : tableKey.test(key)
          ? text(4000)
          : undefined;
    const read = reader?.(value);
    if (read !== undefined) known[key] = read;
  }
  return known;
};
