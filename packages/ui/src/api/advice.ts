import { type ErrorCode, MillwrightError, errorTable } from '@millwright/contract';
import { ConnectionError } from '@millwright/sdk';

export interface Advice {
  title: string;
  detail: string;
  /** What to do next, where the detail does not say it. */
  next: string | null;
  requestId: string | null;
  problems: { path: string; message: string }[];
}

const nextSteps: Partial<Record<ErrorCode, string>> = {
  PERMISSION_DENIED: 'Ask an administrator for a role that allows it (Governance, Access).',
  SELF_APPROVAL: 'Ask somebody else with the approver role to decide.',
  STALE: 'Reload to see what changed, then decide again.',
  INTERNAL: 'Try again. If it stays, look for the request id in the log of the server.',
  DATABASE_UNAVAILABLE: 'The server retries by itself. Check the database if it lasts.',
  STORAGE_UNAVAILABLE: 'The server retries by itself. Check the object storage if it lasts.',
  STORAGE_FULL: 'Free space on the volume of the server, then try again.',
  OVERLOADED: 'Wait a moment and try again.',
  MODEL_NOT_READY: 'Wait until the variant shows as ready.',
};

const problemsOf = ({ extra: { problems } }: MillwrightError): Advice['problems'] =>
  Array.isArray(problems) ? (problems as Advice['problems']) : [];

export const adviceOn = (error: unknown): Advice => {
  if (error instanceof MillwrightError) {
    const { requestId } = error.extra;
    const problems = problemsOf(error);
    if (problems.length > 0 && problems.every(({ path }) => path.startsWith('params/')))
      return {
        title: 'There is no such page',
        detail: 'The address holds an id or a name that nothing here can have.',
        next: 'Go back, or look for it with Ctrl K.',
        requestId: null,
        problems: [],
      };
    return {
      title: errorTable[error.code][1],
      detail: error.message,
      next: nextSteps[error.code] ?? null,
      requestId: typeof requestId === 'string' ? requestId : null,
      // A single one is what the detail says.
      problems: problems.length === 1 ? [] : problems,
    };
  }
  if (error instanceof ConnectionError) {
    return {
      title: 'The server does not answer',
      detail: error.message,
      next: 'Start it with: millwright up',
      requestId: null,
      problems: [],
    };
  }
  return {
    title: 'The console made a mistake',
    detail: error instanceof Error ? error.message : String(error),
    next: 'Reload the page. If it stays, report it with the steps that lead here.',
    requestId: null,
    problems: [],
  };
};
