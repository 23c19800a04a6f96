import { batchLimits } from './checks.ts';
import { type Json, objectsIn, parseExactly } from './exact-json.ts';
import type { QueuedRequest } from './queue.ts';

export interface Merged {
  body: string;
  /** How many of the requests are in it. */
  count: number;
}

const keysOf = (list: readonly Json[]): string[] => list.map((entry) => String(entry['key']));

/** One request as a batch. */
const asBatch = ({ path, body }: QueuedRequest): { metrics: Json[]; params: Json[]; tags: Json[] } => {
  const read = parseExactly(body);
  const { run_id: _id, run_uuid: _uuid, ...entry } = read;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    metrics: name === 'log-metric' ? [entry] : objectsIn(read, 'metrics'),
    params: name === 'log-parameter' ? [entry] : objectsIn(read, 'params'),
    tags: name === 'set-tag' ? [entry] : objectsIn(read, 'tags'),
  };
};

/**
 * What was logged to a run one by one, as one log-batch: as many of the requests, from the first one on, as MLflow's
 * limits of a batch allow. They mean the same together as one after the other: points add up, a later tag is the one
 * that stays, and a parameter that comes twice is sent once.
 */
export const mergeLogs = (requests: readonly QueuedRequest[]): Merged => {
  const [first] = requests as [QueuedRequest];
  const metrics: Json[] = [];
  const params = new Map<string, Json>();
  const tags = new Map<string, Json>();
  let count = 0;
  for (const request of requests) {
    if (request.kind !== 'run-log' || request.workspace !== first.workspace) break;
    const batch = asBatch(request);
    const parameters = new Set([...params.keys(), ...keysOf(batch.params)]).size;
    const labels = new Set([...tags.keys(), ...keysOf(batch.tags)]).size;
    const points = metrics.length + batch.metrics.length;
    const isFull =
      points > batchLimits.metrics ||
      parameters > batchLimits.params ||
      labels > batchLimits.tags ||
      points + parameters + labels > batchLimits.total;
    // Another value for a parameter is the server's to refuse, for that request alone.
    const isOther = batch.params.some((entry) => {
      const known = params.get(String(entry['key']));
      return known !== undefined && known['value'] !== entry['value'];
    });
    if (count > 0 && (isFull || isOther)) break;
    metrics.push(...batch.metrics);
    for (const entry of batch.params) params.set(String(entry['key']), entry);
    for (const entry of batch.tags) tags.set(String(entry['key']), entry);
    count += 1;
  }
  return {
    body: JSON.stringify({ run_id: first.subject, metrics, params: [...params.values()], tags: [...tags.values()] }),
    count,
  };
};

export const batchPathOf = (path: string): string => path.replace(/[^/]+$/, 'log-batch');
