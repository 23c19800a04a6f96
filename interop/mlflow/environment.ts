import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const requirements = join(import.meta.dirname, '..', '..', 'scripts', 'environment', 'mlflow', 'versions.txt');

/** The versions of MLflow the environment holds, the newest first. The server is of the newest. */
export const mlflowVersions: readonly string[] = readFileSync(requirements, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.replace('mlflow==', ''));

/** How to start Python with that version's client; `pythonIn` is another environment that holds the newest. */
export const clientOf = (
  folder: string,
  version: string,
  pythonIn = folder,
): { python: string; env: Record<string, string> } => {
  const own = join(folder, 'clients', version);
  return { python: join(pythonIn, 'bin', 'python'), env: existsSync(own) ? { PYTHONPATH: own } : {} };
};
