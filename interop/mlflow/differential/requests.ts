import type { Step } from './wire.ts';

const base = '/api/2.0/mlflow/';
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Symbols and names of one request's path are left out of what the request is called. */
const request = (method: Step['method'], route: string, rest: Partial<Step>): Step => ({
  method,
  path: base + route,
  endpoint: `${method} ${route.replaceAll(/«[^»]+»/g, '{id}')}`,
  variant: 'valid',
  ...rest,
});

export const post = (route: string, body: unknown, rest: Partial<Step> = {}): Step =>
  request('POST', route, { body, ...rest });
export const patch = (route: string, body: unknown, rest: Partial<Step> = {}): Step =>
  request('PATCH', route, { body, ...rest });
export const remove = (route: string, body?: unknown, rest: Partial<Step> = {}): Step =>
  request('DELETE', route, { ...(body === undefined ? {} : { body }), ...rest });
export const get = (route: string, query: Query = {}, rest: Partial<Step> = {}): Step =>
  request('GET', route, {
    query: Object.entries(query).flatMap(([name, value]) =>
      value === undefined
        ? []
        : typeof value === 'string'
          ? [[name, value] as const]
          : value.map((one) => [name, one] as const),
    ),
    ...rest,
  });
