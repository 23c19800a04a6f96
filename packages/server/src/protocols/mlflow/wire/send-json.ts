import type { FastifyReply } from 'fastify';

/** That what follows is JSON as a text. Without a charset, which JSON has none of, as clients compare it. */
export const asJson = (reply: FastifyReply): FastifyReply =>
  // Fastify adds one where it is left to it how replies are written.
  reply.header('content-type', 'application/json').serializer(String);

export const sendJson = (reply: FastifyReply, body: object): FastifyReply => asJson(reply).send(JSON.stringify(body));
