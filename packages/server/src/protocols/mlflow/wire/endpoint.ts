import type { Permission } from '@millwright/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '#platform/auth';
import type { Fields } from './fields.ts';

/** One method of MLflow's REST interface. It is served below `/api` and, for MLflow's own console, below `/ajax-api`. */
export interface MlflowEndpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/2.0/mlflow`, with `:name` for parts of the address. */
  path: string;
  /** Default 2.0. */
  version?: '2.0' | '3.0';
  /** Only for MLflow's console. */
  isAjaxOnly?: boolean;
  permission: Permission;
  /** Where the permission is asked for; default `project`. */
  scope?: EndpointScope;
  /**
   * Lists what the caller may read: roles on single experiments or models are enough. The endpoint keeps to them itself
   * (`allowedOn`).
   */
  isListing?: boolean;
  /** Default 200. */
  status?: number;
  /** Whatever the body holds is ignored; clients send none. */
  ignoresBody?: boolean;
  /** Where larger ones than those of other requests are usual. */
  maxBodyBytes?: number;
  /** `input`: the body, or the query of a GET, with the parts of the address; answers what is sent as JSON. */
  handle(input: Fields, ctx: Ctx, exchange: Exchange): Promise<object | FastifyReply>;
}

/**
 * `project`: in the project of the request (its address, its header, or `default`). `named-project`: in the project that
 * the address names with `:workspace_name`. `instance`: on the whole instance. `signed-in`: nowhere; the endpoint answers
 * each known caller what it may know. `public`: nobody is asked who they are.
 */
export type EndpointScope = 'project' | 'named-project' | 'instance' | 'signed-in' | 'public';

/** For what is more than JSON in, JSON out. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}
