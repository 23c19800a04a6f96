import { posix } from 'node:path';

/** The stages of the life cycle in their order: a module imports only modules before it. */
export const MODULES = [
  'lineage',
  'data',
  'features',
  'experiments',
  'pipelines',
  'training',
  'reproduction',
  'tuning',
  'evaluation',
  'registry',
  'analysis',
  'packaging',
  'serving',
  'monitoring',
  'llm',
  'fleet',
  'footprint',
  'governance',
  'reports',
  'notifications',
  'maturity',
  'protocols',
];

/** What a workspace may import of the other workspaces. */
export const WORKSPACES: Record<string, string[]> = {
  contract: [],
  stats: [],
  sdk: ['contract'],
  ui: ['contract', 'stats', 'sdk'],
  server: ['contract', 'stats'],
  cli: ['contract', 'stats', 'sdk', 'server'],
};

export interface Place {
  /** Folder under packages/, or '' outside of packages/. */
  workspace: string;
  /** In the server: `platform`, a module, `testing`, or '' for app.ts and main.ts. */
  module: string;
  /** In platform: db, blobs, http, ... */
  area: string;
  name: string;
}

/** Where a path (from the repository's root) lies. */
export function placeOf(path: string): Place {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  if (parts[0] !== 'packages') return { workspace: '', module: '', area: '', name };
  const workspace = parts[1] ?? '';
  const isInServer = workspace === 'server' && parts[2] === 'src';
  const module = isInServer && parts.length > 4 ? (parts[3] ?? '') : '';
  const area = module === 'platform' && parts.length > 5 ? (parts[4] ?? '') : '';
  return { workspace, module, area, name };
}

/** The file a specifier names: its path from the root for relative and `#` imports, undefined for packages. */
export function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  if (specifier.startsWith('#')) return `packages/server/src/${specifier.slice(1)}/index.ts`;
  return undefined;
}
