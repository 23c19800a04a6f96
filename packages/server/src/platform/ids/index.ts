import { randomBytes } from 'node:crypto';

export { randomInt } from 'node:crypto';
import type { Clock } from '#platform/clock';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const encode = (value: bigint, length: number): string => {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i++) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
};

export interface Ids {
  /** `run_01K...`: 48 bits of time, then 80 random bits; within a process strictly rising. */
  next(prefix: string): string;
}

/** Identifiers that sort by creation (the ULID layout), so that pages and B-trees follow time. */
export const createIds = (clock: Clock): Ids => {
  let lastMs = 0;
  let low = 0n;
  return {
    next(prefix) {
      const ms = Math.max(clock.now(), lastMs);
      low = ms === lastMs ? low + 1n : BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
      lastMs = ms;
      return `${prefix}_${encode(BigInt(ms), 10)}${encode(low, 16)}`;
    },
  };
};

/** A secret of 256 bits, URL-safe. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** When an identifier was given out, in epoch milliseconds. */
export const instantOf = (id: string): number => {
  let ms = 0;
  for (const digit of id.slice(id.indexOf('_') + 1, id.indexOf('_') + 11)) ms = ms * 32 + alphabet.indexOf(digit);
  return ms;
};

/** The 128 bits of an identifier as 32 hexadecimal digits: how foreign clients spell it. */
export const hexOf = (id: string): string => {
  let value = 0n;
  for (const digit of id.slice(id.indexOf('_') + 1)) value = (value << 5n) | BigInt(alphabet.indexOf(digit));
  return value.toString(16).padStart(32, '0');
};

/** The identifier with these 32 hexadecimal digits; null for anything else. */
export const idOfHex = (prefix: string, hex: string): string | null =>
  /^[0-9a-f]{32}$/.test(hex) ? `${prefix}_${encode(BigInt(`0x${hex}`), 26)}` : null;
