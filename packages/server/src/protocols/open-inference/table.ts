import type { MillwrightError } from '#platform/errors';

/** Where this protocol's implementations agree on another status than ours: what the model could not compute is no fault of the form. */
const statuses: Partial<Record<MillwrightError['code'], number>> = { MODEL_REFUSED: 500, STORAGE_FULL: 503 };

export const statusOf = (error: MillwrightError): number => statuses[error.code] ?? error.status;

const verbs: [RegExp, string[]][] = [
  [/^\/v2\/?$/, ['GET', 'HEAD']],
  [/^\/v2\/health\/(live|ready)$/, ['GET', 'HEAD']],
  [/^\/v2\/models$/, ['GET', 'HEAD']],
  [/^\/v2\/models\/[^/]+(\/versions\/[^/]+)?(\/ready)?$/, ['GET', 'HEAD']],
  [/^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/infer$/, ['POST']],
];

/** The verbs a path answers to; null where there is no such path. */
export const verbsOf = (path: string): string[] | null => verbs.find(([pattern]) => pattern.test(path))?.[1] ?? null;
