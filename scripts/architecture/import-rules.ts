import type { Import } from './imports.ts';
import { MODULES, placeOf, targetOf, WORKSPACES, type Place } from './places.ts';
import type { SourceFile } from './source-files.ts';

/** One sentence when this import breaks a rule, else undefined. */
type Rule = (from: Place, imported: Import & { specifier: string }, file: SourceFile) => string | undefined;

const isInternal = (specifier: string): boolean => /^(?:\.|#)/.test(specifier);

const workspaces: Rule = (from, { specifier }, file) => {
  const named = /^@millwright\/([^/]+)(\/.*)?$/.exec(specifier);
  if (named?.[1] !== undefined) {
    if (!(WORKSPACES[from.workspace] ?? []).includes(named[1])) return `${from.workspace} may not import ${named[1]}`;
    return named[2] === undefined ? undefined : 'a workspace is imported through its index only';
  }
  const target = targetOf(file.path, specifier);
  if (target === undefined || placeOf(target).workspace === from.workspace) return undefined;
  if (file.isTest && target.startsWith('scripts/testing/')) return undefined;
  return `a relative import leaves ${from.workspace}`;
};

const pureWorkspaces: Rule = (from, { specifier }, file) => {
  if (file.isTest || isInternal(specifier) || specifier.startsWith('@millwright/')) return undefined;
  if (from.workspace === 'stats') return 'stats imports nothing';
  const isTypebox = specifier === 'typebox' || specifier.startsWith('typebox/');
  return from.workspace === 'contract' && !isTypebox ? 'contract imports only typebox' : undefined;
};

const moduleOrder: Rule = (from, { specifier }, file) => {
  const target = targetOf(file.path, specifier);
  if (from.workspace !== 'server' || target === undefined) return undefined;
  const to = placeOf(target);
  if (to.workspace !== 'server' || to.module === '' || (to.module === from.module && to.area === from.area))
    return undefined;
  // The tests of the whole app stand beside it, and take what they need of their support.
  if (to.module === 'testing' && file.isTest) return undefined;
  if (!specifier.startsWith('#')) return `${to.module} is imported through its index only: ${hashName(to)}`;
  const isIndex = to.module === 'platform' ? /^#platform\/[^/]+$/ : /^#[^/]+$/;
  if (!isIndex.test(specifier)) return `${to.module} is imported through its index only: ${hashName(to)}`;
  return orderProblem(from, to, file);
};

function orderProblem(from: Place, to: Place, file: SourceFile): string | undefined {
  if (to.module === 'platform') return undefined;
  if (from.module === '') return file.isTest || from.name === 'app.ts' ? undefined : 'only app.ts names the modules';
  if (from.module === 'platform') return 'platform imports no module';
  if (from.module === 'testing') return undefined;
  if (to.module === 'protocols') return 'only app.ts imports protocols';
  const isEarlier = MODULES.indexOf(to.module) < MODULES.indexOf(from.module);
  return isEarlier ? undefined : `${to.module} comes after ${from.module} in the life cycle`;
}

const hashName = ({ module, area }: Place): string => (area === '' ? `#${module}` : `#${module}/${area}`);

const testSupport: Rule = (_from, { specifier }, file) => {
  const target = targetOf(file.path, specifier);
  if (file.isTest || target === undefined) return undefined;
  return /(?:^|\/)testing\/|\.test\.[cm]?[jt]sx?$/.test(target)
    ? 'only tests import tests and their support'
    : undefined;
};

const foreignPackages: Rule = (from, { specifier, isTypeOnly }, file) => {
  if (file.isTest) return undefined;
  const isPlatform = (...areas: string[]): boolean => from.module === 'platform' && areas.includes(from.area);
  if (/^(?:fastify$|fastify\/|@fastify\/)/.test(specifier)) {
    const allowed = from.name === 'routes.ts' || isPlatform('http') || from.module === 'protocols';
    return allowed ? undefined : 'Fastify only in routes.ts, platform/http and protocols';
  }
  if (/^kysely(?:\/|$)/.test(specifier)) {
    const allowed = from.name === 'store.ts' || isPlatform('db') || (isTypeOnly && from.name === 'tables.ts');
    return allowed ? undefined : 'Kysely only in store.ts and platform/db (its types also in tables.ts)';
  }
  if (/^(?:pg|node:sqlite|@electric-sql\/pglite)(?:\/|$)/.test(specifier)) {
    // The spool runs without the server, on another machine.
    const isOwnStore = from.workspace === 'cli' && from.name === 'store.ts';
    return isPlatform('db') || isOwnStore ? undefined : 'database drivers only in platform/db';
  }
  if (specifier.startsWith('@duckdb/')) return isPlatform('tables') ? undefined : 'DuckDB only in platform/tables';
  return undefined;
};

const RULES = [workspaces, pureWorkspaces, moduleOrder, testSupport, foreignPackages];

/** What is wrong with a file's imports, one line each. */
export function importViolations(file: SourceFile): string[] {
  const from = placeOf(file.path);
  if (from.workspace === '') return [];
  return file.imports.flatMap((imported) => {
    const { specifier, line } = imported;
    if (specifier === undefined)
      return file.isTest ? [] : [`${file.path}:${line} a dynamic import needs a literal path`];
    const problem = RULES.map((rule) => rule(from, { ...imported, specifier }, file)).find(
      (found) => found !== undefined,
    );
    return problem === undefined ? [] : [`${file.path}:${line} imports ${specifier}: ${problem}`];
  });
}
