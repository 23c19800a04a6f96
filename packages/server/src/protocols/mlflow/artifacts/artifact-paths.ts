import type { ExperimentsService, FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import { idOfHex } from '#platform/ids';

const maxCharacters = 1000;
// The whole text: clients compare it.
const refuse = (): never => fail('INVALID_INPUT', 'Invalid path');

/** As often as somebody may have encoded it. */
const decoded = (path: string): string => {
  let text = path;
  for (let times = 0; times < 5; times++) {
    let next: string;
    try {
      next = decodeURIComponent(text);
    } catch {
      return text;
    }
    if (next === text) return text;
    text = next;
  }
  return refuse();
};

/**
 * A path that leads nowhere but below its root. It never becomes a path of the file system; this keeps it from becoming
 * one on the machine of who downloads it. Errors: INVALID_INPUT.
 */
export const checkArtifactPath = (given: string): string => {
  // `.` is how clients spell the root itself, and what it stands before or after stays the same without it.
  const path = given
    .replace(/(?!^)\/{2,}/g, '/')
    .replace(/\/$/, '')
    .split('/')
    .filter((part) => part !== '.')
    .join('/');
  if (path.length > maxCharacters) refuse();
  const plain = decoded(path);
  // Before slashes are counted as one: it may have had two.
  const whole = decoded(given);
  if ([whole, plain].some((text) => /^[a-z][a-z0-9+.-]*:\//i.test(text))) refuse();
  // `a//b` is one way to join a and /b; `a//etc/passwd` is a path from the root, or an address, below a.
  if (/\/\/+[^/]+\//.test(whole)) refuse();
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\#]/.test(plain) || plain.startsWith('/')) refuse();
  // A drive anywhere in a path begins a new one where Windows joins them.
  const leadsAway = (part: string) => part === '' || part === '.' || part === '..' || /^[A-Za-z]:/.test(part);
  if (path !== '' && plain.split('/').some(leadsAway)) refuse();
  return path;
};

const ofRun = /^\d{1,15}\/([0-9a-f]{32})\/artifacts(?:\/(.*))?$/;
const ofModel = /^\d{1,15}\/models\/m-([0-9a-f]{32})\/artifacts(?:\/(.*))?$/;

/**
 * Clients see one tree of files: `<experiment>/<run>/artifacts/...` for those of a run,
 * `<experiment>/models/<model>/artifacts/...` for those of a logged model. What fits neither belongs to the project.
 */
export const placeOf = async (experiments: ExperimentsService, ctx: Ctx, given: string): Promise<FilePlace> => {
  const path = checkArtifactPath(given);
  const run = ofRun.exec(path);
  const runId = run && idOfHex('run', run[1] ?? '');
  if (runId && (await experiments.runExists(ctx, runId))) return { root: runId, path: run[2] ?? '' };
  const model = ofModel.exec(path);
  const modelId = model && idOfHex('lm', model[1] ?? '');
  return modelId ? { root: modelId, path: model[2] ?? '' } : { root: '', path };
};
