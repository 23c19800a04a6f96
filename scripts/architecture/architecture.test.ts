import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentViolations } from './content-rules.ts';
import { importViolations } from './import-rules.ts';
import { MODULES } from './places.ts';
import { readSources, sourceFile } from './source-files.ts';

const root = join(import.meta.dirname, '..', '..');
const sources = readSources(root, ['packages', 'scripts', 'e2e', 'interop', 'bench']);

describe('the repository', () => {
  it('keeps every import rule', () => {
    expect(sources.flatMap(importViolations)).toEqual([]);
  });

  it('keeps every rule on names, sizes and contents', () => {
    expect(sources.flatMap(contentViolations)).toEqual([]);
  });

  it('is really read: the sources of every workspace, and imports between them', () => {
    const counted = (folder: string): number => sources.filter(({ path }) => path.startsWith(folder)).length;
    expect(counted('scripts/')).toBeGreaterThan(20);
    expect(counted('packages/')).toBeGreaterThan(20);
    if (existsSync(join(root, 'packages/server/src/app.ts'))) {
      const app = sources.find(({ path }) => path === 'packages/server/src/app.ts');
      expect(app?.imports.length).toBeGreaterThan(5);
      expect(counted('packages/server/')).toBeGreaterThan(150);
      expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(500);
    }
  });

  it('declares in package.json only modules that the life cycle knows, and the support of tests', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8')) as {
      imports: object;
    };
    const declared = Object.keys(manifest.imports).filter((name) => name !== '#platform/*');
    expect(declared.filter((name) => ![...MODULES, 'testing'].includes(name.slice(1)))).toEqual([]);
  });
});

const server = 'packages/server/src';

describe('the import rules', () => {
  const broken: [rule: string, path: string, text: string][] = [
    ['contract imports only typebox', 'packages/contract/src/runs.ts', "import { x } from 'zod';"],
    ['contract imports no Node module', 'packages/contract/src/runs.ts', "import fs from 'node:fs';"],
    ['stats imports nothing', 'packages/stats/src/psi.ts', "import { x } from '@millwright/contract';"],
    ['stats imports no package', 'packages/stats/src/psi.ts', "import { x } from 'd3-array';"],
    ['ui never imports server', 'packages/ui/src/page.tsx', "import { x } from '@millwright/server';"],
    ['ui never imports server by path', 'packages/ui/src/page.tsx', "import { x } from '../../server/src/app.ts';"],
    ['sdk never imports server', 'packages/sdk/src/call.ts', "export { x } from '@millwright/server';"],
    [
      'a workspace has one entrance',
      'packages/sdk/src/call.ts',
      "import { x } from '@millwright/contract/src/runs.ts';",
    ],
    ['platform imports no module', `${server}/platform/db/open.ts`, "import { x } from '#data';"],
    ['platform areas meet at their index', `${server}/platform/db/open.ts`, "import { x } from '../clock/system.ts';"],
    ['no later stage', `${server}/data/service.ts`, "import { x } from '#training';"],
    ['no later stage for types', `${server}/data/service.ts`, "import type { X } from '#training';"],
    ['no later stage by export', `${server}/data/index.ts`, "export * from '#training';"],
    ['no later stage by dynamic import', `${server}/data/service.ts`, "const x = await import('#training');"],
    ['no later stage by a type query', `${server}/data/service.ts`, "type X = typeof import('#training');"],
    ['no later stage over several lines', `${server}/data/service.ts`, "import {\n  a,\n  b,\n} from '#training';"],
    ['no later stage by side effect', `${server}/data/service.ts`, "import '#training';"],
    ['only through the index', `${server}/training/service.ts`, "import { x } from '../data/store.ts';"],
    ['only through the index, also by #', `${server}/training/service.ts`, "import { x } from '#data/store';"],
    ['platform only through its index', `${server}/data/service.ts`, "import { x } from '../platform/db/open.ts';"],
    ['no worker of another module', `${server}/data/service.ts`, "new URL('../training/worker.ts', import.meta.url)"],
    ['no computed import', `${server}/data/service.ts`, 'await import(`#${name}`);'],
    ['only app.ts imports protocols', `${server}/maturity/service.ts`, "import { x } from '#protocols';"],
    ['only app.ts names the modules', `${server}/main.ts`, "import { x } from '#data';"],
    ['Fastify only in routes', `${server}/data/service.ts`, "import type { FastifyInstance } from 'fastify';"],
    ['Fastify plugins only in platform/http', `${server}/data/service.ts`, "import files from '@fastify/static';"],
    ['Kysely only in stores', `${server}/data/service.ts`, "import { sql } from 'kysely';"],
    ['Kysely values not in tables.ts', `${server}/data/tables.ts`, "import { sql } from 'kysely';"],
    ['drivers only in platform/db', `${server}/data/store.ts`, "import pg from 'pg';"],
    ['DuckDB only in platform/tables', `${server}/data/profile.ts`, "import { x } from '@duckdb/node-api';"],
    ['tests are not imported', `${server}/data/service.ts`, "import { x } from './service.test.ts';"],
  ];
  it.each(broken)('reports: %s', (_rule, path, text) => {
    expect(importViolations(sourceFile(path, `// a comment\n${text}\n`))).toHaveLength(1);
  });

  const kept: [rule: string, path: string, text: string][] = [
    ['typebox in contract', 'packages/contract/src/runs.ts', "import { Type } from 'typebox';"],
    ['own files', `${server}/data/service.ts`, "import { x } from './store.ts';"],
    ['own sub-folders', `${server}/serving/rollouts/service.ts`, "import { x } from '../service.ts';"],
    ['an earlier stage', `${server}/training/service.ts`, "import { x } from '#data';"],
    ['platform from a module', `${server}/data/service.ts`, "import { x } from '#platform/db';"],
    ['platform from platform', `${server}/platform/jobs/queue.ts`, "import { x } from '#platform/db';"],
    ['everything in app.ts', `${server}/app.ts`, "import { x } from '#protocols';"],
    ['Fastify in routes', `${server}/data/routes.ts`, "import type { FastifyInstance } from 'fastify';"],
    ['Kysely in a store', `${server}/data/store.ts`, "import { sql } from 'kysely';"],
    ['Kysely types in tables.ts', `${server}/data/tables.ts`, "import type { Generated } from 'kysely';"],
    ['an import inside a comment', `${server}/data/service.ts`, "/* import { x } from '#training'; */"],
    ['an import inside a string', `${server}/data/service.ts`, 'const text = "import { x } from \'#training\'";'],
    ['an import inside a template', `${server}/data/service.ts`, "const text = `import ${x} from '#training'`;"],
    ['a comment mark in a pattern', `${server}/data/service.ts`, "const a = /['/*]/; const b = 'from';"],
    [
      'test support from a test',
      `${server}/data/service.test.ts`,
      "import { x } from '../../../../scripts/testing/needs.ts';",
    ],
  ];
  it.each(kept)('allows: %s', (_rule, path, text) => {
    expect(importViolations(sourceFile(path, text))).toEqual([]);
  });
});

describe('the content rules', () => {
  const broken: [rule: string, path: string, text: string][] = [
    ['query builder outside a store', `${server}/data/service.ts`, "db.selectFrom('runs').execute();"],
    ['query builder on its own line', `${server}/data/service.ts`, "db\n  .insertInto('runs')"],
    ['sql tag outside a store', `${server}/data/service.ts`, 'await sql<Row>`select 1`.execute(db);'],
    ['sql tag with an expression', `${server}/data/service.ts`, 'sql`select ${id}`'],
    ['sql tag inside a template', `${server}/data/service.ts`, 'const a = `${run(sql`select 1`)} ${x}`;'],
    ['process.env', `${server}/data/service.ts`, 'const home = process.env.HOME;'],
    ['process.env by destructuring', `${server}/data/service.ts`, 'const { env } = process;'],
    ['process.env elsewhere in the command line', 'packages/cli/src/main.ts', 'process.env.HOME'],
    ['Date.now', `${server}/data/service.ts`, 'const at = Date.now();'],
    ['new Date()', `${server}/data/service.ts`, 'const at = new Date();'],
    ['Date.now as a value', `${server}/data/service.ts`, 'const clock = { now: Date.now };'],
    ['Math.random', 'packages/stats/src/sampler.ts', 'const x = Math.random();'],
    ['randomUUID', `${server}/data/service.ts`, "import { randomUUID } from 'node:crypto';"],
    ['the clock inside a template', `${server}/data/service.ts`, 'const id = `run-${Date.now()}`;'],
    ['enum', `${server}/data/dataset.ts`, 'export const enum State { Ready }'],
    ['namespace', `${server}/data/dataset.ts`, 'export namespace Data { export const x = 1; }'],
    ['file named utils', `${server}/data/utils.ts`, 'export const x = 1;'],
    ['folder named helpers', `${server}/data/helpers/table.ts`, 'export const x = 1;'],
    ['file named types in the console', 'packages/ui/src/types.ts', 'export const x = 1;'],
    ['a module nobody planned', `${server}/billing/service.ts`, 'export const x = 1;'],
    ['a long file', `${server}/data/service.ts`, 'const x = 1;\n'.repeat(501)],
  ];
  it.each(broken)('reports: %s', (_rule, path, text) => {
    expect(contentViolations(sourceFile(path, text))).toHaveLength(1);
  });

  const kept: [rule: string, path: string, text: string][] = [
    ['queries in a store', `${server}/data/store.ts`, "db.selectFrom('runs').execute();"],
    ['queries in platform/db', `${server}/platform/db/migrate.ts`, 'sql`select 1`'],
    ['queries in the store of a platform area', `${server}/platform/jobs/store.ts`, "db.selectFrom('jobs');"],
    ['process.env in platform/config', `${server}/platform/config/index.ts`, 'process.env.HOME'],
    ['process.env in one file of the command line', 'packages/cli/src/environment.ts', 'process.env.HOME'],
    ['the clock in platform', `${server}/platform/clock/index.ts`, 'Date.now()'],
    ['a date from a number', `${server}/data/service.ts`, 'new Date(atMs).toISOString()'],
    ['a variable named sql inside a template', `${server}/data/service.ts`, 'const a = `${sql}, ${sql} and ${sql}`;'],
    ['the clock in a test', `${server}/data/service.test.ts`, 'Date.now()'],
    [
      'words in comments and strings',
      `${server}/data/service.ts`,
      "// Date.now() process.env\nconst x = 'Date.now()';",
    ],
    ['a field named type', `${server}/data/column-types.ts`, "const x = { enum: ['a'] };"],
    ['a file of 500 lines', `${server}/data/service.ts`, 'const x = 1;\n'.repeat(500)],
  ];
  it.each(kept)('allows: %s', (_rule, path, text) => {
    expect(contentViolations(sourceFile(path, text))).toEqual([]);
  });
});
