import { createHash } from 'node:crypto';

/** `sha256:` followed by 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

const digestPattern = /^sha256:([0-9a-f]{64})$/;

/** The 64 hexadecimal digits, or undefined when the value is no digest: nothing else ever reaches a path or a key. */
export function digestHex(value: string): string | undefined {
  return digestPattern.exec(value)?.[1];
}

export function digestFromHex(hex: string): Digest {
  return `sha256:${hex}`;
}

/** Sharded by the first byte, so that no folder holds more than 1/256 of all blobs. */
export function shardedKey(hex: string): string {
  return `sha256/${hex.slice(0, 2)}/${hex}`;
}

export function digestOf(bytes: Uint8Array): Digest {
  return digestFromHex(createHash('sha256').update(bytes).digest('hex'));
}
