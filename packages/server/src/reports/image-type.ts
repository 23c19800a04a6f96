export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

const begins = (bytes: Uint8Array, signature: readonly number[], at = 0): boolean =>
  signature.every((byte, index) => bytes[at + index] === byte);
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** What an image is by its first bytes (WHATWG MIME sniffing, 6.1); null for everything else, SVG among it. */
export const imageTypeOf = (bytes: Uint8Array): ImageType | null => {
  if (begins(bytes, [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a])) return 'image/png';
  if (begins(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (begins(bytes, ascii('GIF87a')) || begins(bytes, ascii('GIF89a'))) return 'image/gif';
  if (begins(bytes, ascii('RIFF')) && begins(bytes, ascii('WEBPVP'), 8)) return 'image/webp';
  return null;
};
