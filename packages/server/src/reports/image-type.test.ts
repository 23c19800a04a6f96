import { describe, expect, it } from 'vitest';
import { imageTypeOf } from './image-type.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('imageTypeOf', () => {
  it.each([
    ['\x89PNG\r\n\x1a\n....', 'image/png'],
    ['\xff\xd8\xff\xe0....', 'image/jpeg'],
    ['GIF89a....', 'image/gif'],
    ['GIF87a....', 'image/gif'],
    ['RIFF\x00\x00\x00\x00WEBPVP8 ', 'image/webp'],
  ])('knows an image by its first bytes: %j', (text, type) => {
    expect(imageTypeOf(bytes(text))).toBe(type);
  });
  it.each([
    '',
    '<svg xmlns="http://www.w3.org/2000/svg">',
    '<!doctype html>',
    'RIFF\x00\x00\x00\x00WAVEfmt ',
    '\x89PN',
  ])('takes nothing else for one: %j', (text) => {
    expect(imageTypeOf(bytes(text))).toBeNull();
  });
});
