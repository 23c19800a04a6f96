import { apiPrefix } from '@millwright/contract';
import type { LightMyRequestResponse } from 'fastify';
import { type Api, createHttp } from '#platform/http';
import type { TestPlatform } from './index.ts';

export interface TestAnswer {
  status: number;
  /** Parsed where the answer is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows the answer to what it asked
  body: Record<string, any>;
  bytes: Buffer;
  headers: LightMyRequestResponse['headers'];
}

export interface TestApi {
  api: Api;
  /** A request of the local owner. Objects go as JSON, text and bytes with the content type given. `path` is below the prefix. */
  send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object | string | Buffer,
    headers?: Record<string, string>,
  ): Promise<TestAnswer>;
  close(): Promise<void>;
}

/** The routes of some modules over a test platform, without a socket; every answer is checked against the contract. */
export const anApi = async ({ platform }: TestPlatform, serve: (api: Api) => void): Promise<TestApi> => {
  const api = await createHttp({
    ...platform.config,
    ...platform,
    version: 'test',
    staticDir: null,
    checkReplies: true,
  });
  serve(api);
  return {
    api,
    async send(method, path, body, headers = {}) {
      const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
      const answer = await api.app.inject({
        method,
        url: apiPrefix + path,
        headers: {
          host: 'localhost',
          ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body }),
      });
      const isJson = /json/.test(String(answer.headers['content-type']));
      return {
        status: answer.statusCode,
        body: isJson && answer.body !== '' ? JSON.parse(answer.body) : {},
        bytes: answer.rawPayload,
        headers: answer.headers,
      };
    },
    close: () => api.app.close(),
  };
};
