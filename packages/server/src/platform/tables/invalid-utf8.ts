/**
 * Index of the first byte that is no part of valid UTF-8 (RFC 3629, section 4), or -1. A sequence that is cut off by the
 * end counts as valid: the next chunk may complete it.
 */
export function invalidUtf8Index(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0) return at;
    for (let offset = 1; offset < length; offset++) {
      const next = bytes[at + offset];
      if (next === undefined) return -1;
      const [low, high] = offset === 1 ? secondByteBounds(lead) : [0x80, 0xbf];
      if (next < low || next > high) return at;
    }
    at += length;
  }
  return -1;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** Excludes overlong forms, surrogates and what lies above U+10FFFF. */
function secondByteBounds(lead: number): [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  return lead === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}

/** Bytes at the end that begin a sequence without completing it: 0 to 3. */
export function incompleteTailBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}
