import { type Static, Type } from 'typebox';
import { Count, Instant, OneOf, ProjectName, Strict } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'analysis';
const inProject = Type.Object({ project: ProjectName });
const Query = Type.String({ minLength: 1, maxLength: 20_000, pattern: '^[^\\u0000]*$' });

export const SqlTable = Type.Object({
  name: Type.String(),
  about: Type.String(),
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), about: Type.String() })),
});
export type SqlTable = Static<typeof SqlTable>;

export const SqlResult = Type.Object({
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  /** In the order of the columns. Numbers that JSON cannot hold, and instants, are text. */
  rows: Type.Array(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]))),
  /** There are more rows than were asked for, or than fit. */
  isCut: Type.Boolean(),
  /** The answer is true of this moment. */
  asOf: Instant,
  tookMs: Count,
});
export type SqlResult = Static<typeof SqlResult>;

export const listSqlTables = operation({
  id: 'listSqlTables',
  method: 'GET',
  path: '/projects/:project/sql/tables',
  summary: 'The tables and columns that SQL can be asked of',
  tag,
  description: 'Those of models are missing for who may not read models.',
  permission: 'run:read',
  params: inProject,
  reply: Type.Object({ items: Type.Array(SqlTable) }),
  audit: false,
  cli: 'tables list',
});

export const querySql = operation({
  id: 'querySql',
  method: 'POST',
  path: '/projects/:project/sql',
  summary: "Ask a question in SQL of a project's runs, metrics, points and models",
  tag,
  description:
    "DuckDB's SQL: one SELECT, WITH, DESCRIBE or SUMMARIZE. It reads the tables of this project and nothing else: no file, no network, no setting. `asOf` says of which moment the answer is.",
  permission: 'run:read',
  params: inProject,
  body: Strict({
    sql: Query,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
    /** How old the answer may be where something has changed since; 0: as of now. */
    maxAgeSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400, default: 10 })),
  }),
  reply: SqlResult,
  status: 200,
  errors: ['QUERY_REFUSED', 'OVERLOADED'],
  audit: false,
});

export const downloadSql = operation({
  id: 'downloadSql',
  method: 'POST',
  path: '/projects/:project/sql/download',
  summary: 'The whole answer to a question in SQL, as a file',
  tag,
  permission: 'run:read',
  params: inProject,
  body: Strict({ sql: Query, format: OneOf('csv', 'parquet') }),
  replyKind: 'stream',
  status: 200,
  errors: ['QUERY_REFUSED', 'OVERLOADED'],
  audit: false,
});

export const exportProject = operation({
  id: 'exportProject',
  method: 'GET',
  path: '/projects/:project/export',
  summary: 'Everything of a project that runs and models left, as Parquet in a tar',
  tag,
  description:
    'All tables of SQL, as they were at one moment, in parts of at most 500,000 rows; `manifest.json` comes last and tells columns and rows. With `files` the files of runs and models too, each once, by its digest.',
  permission: 'run:read',
  params: inProject,
  query: Type.Object({ files: Type.Optional(Type.Boolean({ default: false })) }),
  replyKind: 'stream',
  audit: 'project.export',
});
