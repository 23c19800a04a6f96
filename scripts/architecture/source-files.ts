import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, type Import } from './imports.ts';
import { mask } from './masked-source.ts';

export interface SourceFile {
  /** Path from the repository's root, with `/`. */
  path: string;
  code: string;
  imports: Import[];
  lineCount: number;
  isTest: boolean;
}

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const TEST = /\.(?:test|e2e|interop)\.[cm]?[jt]sx?$|\/(?:testing|fixtures)\//;
const SKIPPED = new Set(['node_modules', 'dist', 'static', 'coverage']);

export function sourceFile(path: string, text: string): SourceFile {
  const masked = mask(text);
  return {
    path,
    code: masked.code,
    imports: importsOf(masked),
    lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    isTest: TEST.test(path),
  };
}

/** Every source below the given folders of the repository. */
export function readSources(root: string, folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => pathsUnder(root, folder))
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

function pathsUnder(root: string, folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : pathsUnder(root, path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}
