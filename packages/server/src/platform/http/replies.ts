import type { Readable } from 'node:stream';

/** Bytes as an answer. `status` 206 for a range. */
export interface StreamReply {
  stream: Readable | AsyncIterable<Uint8Array>;
  headers: Record<string, string>;
  status?: number;
}

export interface EventMessage {
  id?: string;
  event?: string;
  data: unknown;
}

/**
 * Server-sent events: `start` sends until the signal fires. A promise ends the stream when it is kept. Who would rather
 * send less than be let go waits for `takenUp`: what was sent before is on its way to the reader.
 */
export interface EventsReply {
  start(send: (message: EventMessage) => void, signal: AbortSignal, takenUp: () => Promise<void>): void | Promise<void>;
}

/** Nothing stored here may run in the console: always an attachment, never sniffed, sandboxed if opened all the same. */
export const attachment = (options: {
  fileName: string;
  sizeBytes: number;
  mediaType?: string;
}): Record<string, string> => ({
  'content-type': options.mediaType ?? 'application/octet-stream',
  'content-length': String(options.sizeBytes),
  'content-disposition': `attachment; ${fileNameParameter(options.fileName)}`,
  'content-security-policy': "sandbox; default-src 'none'",
  'accept-ranges': 'bytes',
});

/**
 * RFC 6266: plain names as they are, or in quotes; all others encoded, after what of them is plain, for clients that read
 * no more.
 */
const fileNameParameter = (name: string): string => {
  if (/^[\w.+-]+$/.test(name)) return `filename=${name}`;
  if (/^[ -~]+$/.test(name)) return `filename="${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  const plain = name.normalize('NFKD').replace(/[^\w.-]/g, '');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${plain === '' ? '' : `filename=${plain}; `}filename*=UTF-8''${encoded}`;
};
