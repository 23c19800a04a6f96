import type { Session } from '../session.ts';
import type { Step } from '../wire.ts';

const bare = (method: Step['method'], path: string, variant = 'valid'): Step => ({
  method,
  path,
  endpoint: `${method} ${path}`,
  variant,
  ...(method === 'GET' ? {} : { body: {} }),
});

const unknown: readonly Step[] = [
  bare('GET', '/api/2.0/mlflow/nothing', 'unknown route'),
  bare('POST', '/api/2.0/mlflow/runs/unheard-of', 'unknown route'),
  bare('POST', '/api/9.0/mlflow/runs/create', 'unknown version'),
  bare('GET', '/api/3.0/mlflow/unheard-of', 'unknown route'),
  bare('POST', '/api/2.0/mlflow/experiments/create/', 'a slash too many'),
  bare('GET', '/api/2.0/mlflow/runs/create', 'wrong method'),
  bare('DELETE', '/api/2.0/mlflow/runs/get', 'wrong method'),
  bare('PUT', '/api/2.0/mlflow/registered-models/create', 'wrong method'),
  bare('PATCH', '/api/2.0/mlflow/experiments/search', 'wrong method'),
  bare('POST', '/api/2.0/mlflow-artifacts/artifacts/x', 'wrong method'),
  bare('GET', '/ajax-api/2.0/mlflow/unheard-of', 'unknown route'),
];

/** What belongs to no resource: version, health, and what a server does not know. */
export const server = async (session: Session): Promise<void> => {
  await session.send(bare('GET', '/health'));
  await session.send(bare('POST', '/health', 'wrong method'));
  await session.send({ ...bare('GET', '/version') });
  for (const step of session.random.some(unknown, 6)) await session.send(step);
};
