import { describe, expect, it } from 'vitest';
import { checkPath, digestOfFiles } from './download-version.ts';

describe('the files of a version', () => {
  it.each(['a', 'a/b.txt', 'data/ü x.bin', '.hidden', 'a..b'])('may be called %j', (path) => {
    expect(() => checkPath(path)).not.toThrow();
  });
  it.each(['/etc/passwd', '../up', 'a/../../b', 'a//b', './a', 'a/.', 'C:\\x', 'a\\b', 'c:x', 'a\u0000b', 'a\nb'])(
    'are not written to %j',
    (path) => {
      expect(() => checkPath(path)).toThrow('cannot be written');
    },
  );
  it('have one digest, whatever their order', () => {
    const files = ['b', 'a'].map((path) => ({ path, digest: `sha256:${'0'.repeat(64)}`, sizeBytes: 1 }));
    expect(digestOfFiles(files)).toBe(digestOfFiles(files.toReversed()));
    expect(digestOfFiles(files)).not.toBe(digestOfFiles([{ ...files[0]!, sizeBytes: 2 }, files[1]!]));
  });
});
