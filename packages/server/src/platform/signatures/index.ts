import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { fail } from '#platform/errors';

/** Small facts that somebody is handed and brings back, as part of an address: nobody else can make or change them. */
export interface Signatures {
  /** `about`: what they are good for; they open as nothing else. `expiresAt`: epoch ms. */
  sign(facts: Record<string, unknown>, about: string, expiresAt: number): string;
  /** Errors: PERMISSION_DENIED when it was not signed here for this, was changed, or has expired. */
  open(signed: string, about: string): Record<string, unknown>;
}

export const createSignatures = (instanceKey: string, clock: Clock): Signatures => {
  const key = Buffer.from(hkdfSync('sha256', instanceKey, '', 'millwright signatures v1', 32));
  const macOf = (about: string, payload: string): Buffer =>
    createHmac('sha256', key).update(`${about}\0${payload}`).digest();
  const refuse = (): never =>
    fail('PERMISSION_DENIED', 'The address was not signed by this server, or has expired. Ask for another one.');
  return {
    sign(facts, about, expiresAt) {
      const payload = Buffer.from(JSON.stringify({ ...facts, expiresAt })).toString('base64url');
      return `${payload}.${macOf(about, payload).toString('base64url')}`;
    },
    open(signed, about) {
      const [payload = '', given = '', ...rest] = signed.split('.');
      const [mac, expected] = [Buffer.from(given, 'base64url'), macOf(about, payload)];
      if (rest.length > 0 || mac.length !== expected.length || !timingSafeEqual(mac, expected)) refuse();
      const { expiresAt, ...facts } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
        string,
        unknown
      >;
      if (typeof expiresAt !== 'number' || expiresAt <= clock.now()) refuse();
      return facts;
    },
  };
};
