import type { Static, TObject, TSchema } from 'typebox';
import type { ErrorCode } from './errors.ts';
import type { Permission } from './permissions.ts';

/**
 * One definition per operation. From it come the route, validation, the permission check, the audit verb, the error
 * answers, OpenAPI, the typed SDK call, the CLI command and the forms of the console.
 */
export interface Operation<
  P extends TObject | undefined = TObject | undefined,
  Q extends TObject | undefined = TObject | undefined,
  B extends TSchema | undefined = TSchema | undefined,
  R extends TSchema | undefined = TSchema | undefined,
> {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. Paths with `:project` are checked against grants on that project, others against the instance. */
  path: string;
  summary: string;
  description?: string;
  tag: string;
  /** `public`: nobody needs to sign in. `signed-in`: any known caller, answers only about the caller. */
  permission: Permission | 'public' | 'signed-in';
  /** For grants on a single resource: which path parameter names it. */
  resource?: { type: string; param: string };
  params?: P;
  query?: Q;
  body?: B;
  /** `stream`: the body is taken as it comes, with one of the media types in `consumes`. */
  bodyKind?: 'json' | 'stream';
  consumes?: readonly string[];
  reply?: R;
  /** `stream`: bytes; `events`: server-sent events. */
  replyKind?: 'json' | 'stream' | 'events';
  status?: 200 | 201 | 202 | 204;
  errors?: readonly ErrorCode[];
  /** The verb of the audit row. `false` for reads, and for appended facts (metric points, predictions) which are no changes. */
  audit?: string | false;
  /** The command line that calls it: `datasets list`. */
  cli?: string;
}

/** Declares an operation; the identity function that keeps the types. */
export const operation = <
  const P extends TObject | undefined = undefined,
  const Q extends TObject | undefined = undefined,
  const B extends TSchema | undefined = undefined,
  const R extends TSchema | undefined = undefined,
>(
  definition: Operation<P, Q, B, R>,
): Operation<P, Q, B, R> => definition;

type Part<Key extends string, S> = S extends TSchema ? { [K in Key]: Static<S> } : unknown;
type QueryPart<S> = S extends TObject
  ? Partial<Static<S>> extends Static<S>
    ? { query?: Static<S> }
    : { query: Static<S> }
  : unknown;

/** What a caller passes: `{ params, query, body }`, each only where the operation has it. */
export type Input<O> =
  O extends Operation<infer P, infer Q, infer B, infer _R> ? Part<'params', P> & QueryPart<Q> & Part<'body', B> : never;
/** What a caller gets. */
export type Reply<O> =
  O extends Operation<infer _P, infer _Q, infer _B, infer R> ? (R extends TSchema ? Static<R> : undefined) : never;

export const apiPrefix = '/api/v1';

/** The address of an operation with its parameters filled in, each percent-encoded. */
export const addressOf = (op: Operation, params: Record<string, unknown> = {}): string =>
  apiPrefix +
  op.path.replace(/:([A-Za-z]+)/g, (_all, key: string) => {
    const value = params[key];
    if (value === undefined) throw new Error(`${op.id} needs the parameter ${key}`);
    return encodeURIComponent(String(value));
  });
