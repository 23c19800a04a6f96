import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program as people write them: one seed, one experiment, a curve and a file. */
const program = `
import random
import sys

import mlflow

FACTOR = 1
seed = int(sys.argv[1])
random.seed(seed)
mlflow.set_experiment('boats')
with mlflow.start_run():
    mlflow.log_params({'rate': 0.1, 'seed': seed})
    for step in range(5):
        mlflow.log_metric('loss', FACTOR * random.random() / (step + 1), step=step)
    mlflow.log_metric('accuracy', 1 - random.random() / 10)
    mlflow.log_text('as it was', 'notes.txt')
`;

export interface Origin {
  folder: string;
  commit: string;
  /** What the working copy differs by from the commit. */
  diff: string;
  remove(): void;
}

/** A repository with the program committed, and a change to it that nobody committed. */
export const anOrigin = (): Origin => {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-origin-'));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder }).toString();
  mkdirSync(join(folder, 'src'));
  const path = join(folder, 'src', 'train.py');
  git('init', '--quiet');
  writeFileSync(path, program);
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  writeFileSync(path, program.replace('FACTOR = 1', 'FACTOR = 3'));
  return {
    folder,
    commit: git('rev-parse', 'HEAD').trim(),
    diff: git('diff', '--binary', '--full-index', 'HEAD'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** A package that no index has, as a wheel: what an environment made for a run has to get. */
export const aWheel = (python: string, folder: string): void => {
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + '/tinydep-1.2-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tinydep.py', 'FACTOR = 2')
    wheel.writestr('tinydep-1.2.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tinydep\\nVersion: 1.2\\n')
    wheel.writestr('tinydep-1.2.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('tinydep-1.2.dist-info/RECORD', 'tinydep.py,,\\ntinydep-1.2.dist-info/METADATA,,\\ntinydep-1.2.dist-info/WHEEL,,\\ntinydep-1.2.dist-info/RECORD,,\\n')
`;
  execFileSync(python, ['-c', script, folder]);
};
