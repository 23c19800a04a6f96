import type { FastifyReply, FastifyRequest } from 'fastify';
import { translateFailure } from '#platform/db';
import { MillwrightError } from '#platform/errors';
import type { Log } from '#platform/log';

const fromFastify: Record<string, MillwrightError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new MillwrightError('BODY_TOO_LARGE', 'The body is larger than this route takes.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new MillwrightError(
    'MEDIA_TYPE_UNSUPPORTED',
    'This route does not take bodies of that media type.',
  ),
  FST_ERR_CTP_EMPTY_JSON_BODY: new MillwrightError('BODY_UNREADABLE', 'The body is empty. Send a JSON object.'),
  FST_ERR_CTP_INVALID_JSON_BODY: new MillwrightError('BODY_UNREADABLE', 'The body is not valid JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new MillwrightError(
    'BODY_UNREADABLE',
    'The body is shorter or longer than its Content-Length says.',
  ),
};

/** What the caller is told. A bug answers INTERNAL: its text stays in the log, found by the request id. */
export const asMillwrightError = (error: unknown): MillwrightError => {
  const translated = translateFailure(error);
  if (translated instanceof MillwrightError) return translated;
  const shape = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: string;
    statusCode?: number;
    message?: string;
  };
  const known = fromFastify[shape.code ?? ''];
  if (known) return known;
  if (error instanceof SyntaxError && shape.statusCode === 400)
    return new MillwrightError('BODY_UNREADABLE', `The body is not valid JSON: ${error.message}`);
  if (shape.statusCode !== undefined && shape.statusCode >= 400 && shape.statusCode < 500)
    return new MillwrightError('INVALID_INPUT', 'The request cannot be read.');
  return new MillwrightError(
    'INTERNAL',
    'Something went wrong on our side. The log of the server has more under the request id.',
    {},
    error,
  );
};

export const answerProblem = (log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const answer = asMillwrightError(error);
  const fields = { requestId: request.id, method: request.method, route: request.routeOptions.url, code: answer.code };
  if (answer.status >= 500)
    log.error(answer.code === 'INTERNAL' ? 'a request failed' : answer.message, {
      ...fields,
      error: answer.cause ?? error,
    });
  else log.debug('a request was refused', { ...fields, detail: answer.message });
  if (answer.status === 503) reply.header('retry-after', '1');
  if (answer.code === 'SIGN_IN_REQUIRED' || answer.code === 'TOKEN_INVALID')
    reply.header('www-authenticate', 'Bearer realm="millwright"');
  reply
    .code(answer.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(answer.toProblem(request.id)));
};
