import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { asJson } from './send-json.ts';

/** Sent in pieces of about this many characters, as fast as they are taken: a long list is never in memory as a whole. */
const pieceLength = 131_072;

function* pieces(head: string, texts: readonly string[], tail: string): Generator<string> {
  let piece = head;
  for (const [index, text] of texts.entries()) {
    piece += index === 0 ? text : `,${text}`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece + tail;
}

/** A JSON object of a list whose entries are JSON already (`name` null: no list), and of more fields (`"a":1`). */
export const sendTexts = (
  reply: FastifyReply,
  name: string | null,
  texts: readonly string[],
  more: string,
): FastifyReply => {
  asJson(reply);
  const head = name === null ? '{' : `{${JSON.stringify(name)}:[`;
  const tail = `${name === null ? '' : more === '' ? ']' : '],'}${more}}`;
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length < pieceLength
    ? reply.send(head + texts.join(',') + tail)
    : reply.send(Readable.from(pieces(head, texts, tail), { objectMode: false }));
};
