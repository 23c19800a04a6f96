import type { MaskedSource } from './masked-source.ts';

export interface Import {
  /** What is imported; undefined when a dynamic import computes it. */
  specifier: string | undefined;
  line: number;
  /** True for `import type` and `export type`, which leave nothing at run time. */
  isTypeOnly: boolean;
}

const STATIC = /\b(import|export)\b((?:(?!\b(?:import|export)\b|[;"`(=]).)*?)\bfrom\s*"(\d+)"/gs;
const SIDE_EFFECT = /\bimport\s*"(\d+)"/g;
const CALL = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(?:"(\d+)"(?=\s*[,)])|(?=\S))/g;
const WORKER = /\bnew\s+URL\s*\(\s*"(\d+)"\s*,\s*import\.meta\.url/g;

/** Every module a source names: import, export from, import(), require(), import.meta.resolve, new URL(…, import.meta.url). */
export function importsOf({ code, strings }: MaskedSource): Import[] {
  const found: Import[] = [];
  const add = (index: number, literal: string | undefined, isTypeOnly: boolean): void => {
    const specifier = literal === undefined ? undefined : strings[Number(literal)];
    found.push({ specifier, line: code.slice(0, index).split('\n').length, isTypeOnly });
  };
  for (const match of code.matchAll(STATIC))
    add(match.index, match[3], /^\s+type\b(?!\s*,|\s+from\b)/.test(match[2] ?? ''));
  for (const match of code.matchAll(SIDE_EFFECT)) add(match.index, match[1], false);
  for (const match of code.matchAll(CALL)) add(match.index, match[1], isTypeQuery(code, match.index));
  for (const match of code.matchAll(WORKER)) {
    if (/^\.\.?\/.*\.[cm]?[jt]sx?$/.test(strings[Number(match[1])] ?? '')) add(match.index, match[1], false);
  }
  return found.toSorted((left, right) => left.line - right.line);
}

const isTypeQuery = (code: string, index: number): boolean => /\btypeof\s+$/.test(code.slice(0, index));
