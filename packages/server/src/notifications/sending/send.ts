import type { Channel } from '@millwright/contract';
import type { Clock } from '#platform/clock';
import type { Egress } from '#platform/egress';
import { messageOf } from '#platform/errors';
import type { Vault } from '#platform/vault';
import type { SavedChannel } from '../channels/store.ts';
import { webhookHeaders } from './signature.ts';
import { sendLetter, SmtpError } from './smtp.ts';

export interface Sent {
  isDelivered: boolean;
  at: number;
  durationMs: number;
  /** HTTP status or SMTP code; null without an answer. */
  status: number | null;
  error: string | null;
  /** The beginning of the answer: enough to recognise it, too little to read an internal service through us. */
  excerpt: string;
  retryAfter: string | undefined;
}

export type Send = (
  channel: SavedChannel,
  delivery: { id: string; body: string },
  signal?: AbortSignal,
) => Promise<Sent>;

const timeoutMs = 10_000;
const excerptCharacters = 300;

type Answer = Pick<Sent, 'isDelivered' | 'status' | 'error' | 'excerpt' | 'retryAfter'>;

const excerptOf = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- what an answer holds is not ours to trust
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ').slice(0, excerptCharacters);

const problemOf = (status: number): string | null => {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400
    ? `answered ${status}: redirects are not followed, name the final address`
    : `answered ${status}`;
};

export const createSend = (parts: { egress: Egress; vault: Vault; clock: Clock; allowInsecure: boolean }): Send => {
  const { egress, vault, clock, allowInsecure } = parts;

  const secretOf = ({ id, sealedSecret }: SavedChannel): string | null =>
    sealedSecret === null ? null : vault.open(sealedSecret, `${id}/secret`);

  const post: Carry = async (channel, delivery, signal) => {
    const url = channel.sealedUrl === null ? (channel.url ?? '') : vault.open(channel.sealedUrl, `${channel.id}/url`);
    const isWebhook = channel.kind === 'webhook';
    const { status, body, headers } = await egress.send({
      url,
      method: 'POST',
      headers: isWebhook
        ? webhookHeaders(secretOf(channel), delivery, clock.now())
        : { 'content-type': 'application/json', 'user-agent': 'Millwright' },
      body: delivery.body,
      timeoutMs,
      maxReplyBytes: 4 * excerptCharacters,
      ...(signal ? { signal } : {}),
    });
    const error = problemOf(status);
    const retryAfter = headers['retry-after'];
    return { isDelivered: error === null, status, error, excerpt: excerptOf(body), retryAfter };
  };

  const mail: Carry = async (channel, delivery) => {
    const target = channel.mail as NonNullable<Channel['mail']>;
    const [address] = await egress.addressesOf(target.host);
    const [subject = '', , ...lines] = delivery.body.split('\n');
    const reply = await sendLetter({
      ...target,
      address: address?.address ?? '',
      user: target.user ?? null,
      password: secretOf(channel),
      subject,
      text: [subject, '', ...lines].join('\n'),
      messageId: delivery.id,
      atMs: clock.now(),
      allowPlain: allowInsecure,
      timeoutMs,
    });
    const [, code = '0', said = ''] = /^(\d+) ?(.*)$/.exec(reply) ?? [];
    return { isDelivered: true, status: Number(code), error: null, excerpt: excerptOf(said), retryAfter: undefined };
  };

  return async (channel, delivery, signal) => {
    const at = clock.now();
    let answer: Answer;
    try {
      answer = await (channel.kind === 'email' ? mail : post)(channel, delivery, signal);
    } catch (error) {
      // A server that stops ends no attempt: it is made again.
      if (signal?.aborted) throw error;
      const status = error instanceof SmtpError && error.status > 0 ? error.status : null;
      answer = {
        isDelivered: false,
        status,
        error: messageOf(error).slice(0, 500),
        excerpt: '',
        retryAfter: undefined,
      };
    }
    return { ...answer, at, durationMs: clock.now() - at };
  };
};

type Carry = (channel: SavedChannel, delivery: { id: string; body: string }, signal?: AbortSignal) => Promise<Answer>;
