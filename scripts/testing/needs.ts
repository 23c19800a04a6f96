import { existsSync } from 'node:fs';
import { describe } from 'vitest';

interface Piece {
  name: string;
  variable: string;
  isFile?: boolean;
}

// What the bootstrap prepares (scripts/environment) and hands to the tests through the environment.
const pieces = {
  postgres: { name: 'PostgreSQL', variable: 'MILLWRIGHT_TEST_POSTGRES_URL' },
  s3: { name: 'the S3 test server', variable: 'MILLWRIGHT_TEST_S3_ENDPOINT' },
  chromium: { name: 'Chromium', variable: 'MILLWRIGHT_TEST_CHROMIUM', isFile: true },
  mlflow: { name: 'the MLflow environment', variable: 'MILLWRIGHT_TEST_MLFLOW', isFile: true },
  pythonClient: { name: 'the Python client', variable: 'MILLWRIGHT_TEST_PYTHON_CLIENT', isFile: true },
  torch: { name: 'PyTorch', variable: 'MILLWRIGHT_TEST_TORCH', isFile: true },
  python: { name: 'the Python environment', variable: 'MILLWRIGHT_TEST_PYTHON', isFile: true },
} satisfies Record<string, Piece>;

export type PieceName = keyof typeof pieces;

/** What a test needs of the machine, or undefined when it is missing. */
export function reasonMissing(name: PieceName): string | undefined {
  const piece: Piece = pieces[name];
  const value = process.env[piece.variable];
  if (!value) return `${piece.name} is not available (${piece.variable} is not set; npm test prepares it)`;
  if (piece.isFile === true && !existsSync(value)) return `${piece.name} is not at ${value}`;
  return undefined;
}

/**
 * `describe` when every named piece is there; otherwise a describe that skips its tests and shows why.
 * Under CI=true a missing piece throws: nothing may be skipped unnoticed.
 */
export function needs(...names: PieceName[]): typeof describe | typeof describe.skip {
  const reasons = names.map(reasonMissing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) return describe;
  if (process.env.CI === 'true') throw new Error(`cannot run: ${reasons.join('; ')}`);
  console.warn(`skipped: ${reasons.join('; ')}`);
  return describe.skip;
}

function prepared(name: PieceName, variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(reasonMissing(name) ?? `${variable} is not set`);
  return value;
}

/** Address of the prepared PostgreSQL; its account may create databases. */
export const postgresUrl = (): string => prepared('postgres', 'MILLWRIGHT_TEST_POSTGRES_URL');

/** The prepared S3 server and its one bucket. */
export const s3Settings = () => ({
  endpoint: prepared('s3', 'MILLWRIGHT_TEST_S3_ENDPOINT'),
  bucket: prepared('s3', 'MILLWRIGHT_TEST_S3_BUCKET'),
  accessKey: prepared('s3', 'MILLWRIGHT_TEST_S3_ACCESS_KEY'),
  secretKey: prepared('s3', 'MILLWRIGHT_TEST_S3_SECRET_KEY'),
});

/** Path of the prepared Chromium. */
export const chromiumPath = (): string => prepared('chromium', 'MILLWRIGHT_TEST_CHROMIUM');

/** Folder of the prepared MLflow environment. */
export const mlflowFolder = (): string => prepared('mlflow', 'MILLWRIGHT_TEST_MLFLOW');

/** Folder of the prepared Python with PyTorch. */
export const torchFolder = (): string => prepared('torch', 'MILLWRIGHT_TEST_TORCH');

/** Folder in which our Python package is installed. */
export const pythonClientFolder = (): string => prepared('pythonClient', 'MILLWRIGHT_TEST_PYTHON_CLIENT');
