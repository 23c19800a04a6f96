import { describe, expect, it } from 'vitest';
import { artifactKind, imageType, readTable } from './artifact-kind.ts';

describe('how a file is shown', () => {
  it.each([
    ['plots/roc.PNG', 'image'],
    ['model/MLmodel', 'text'],
    ['model/requirements.txt', 'text'],
    ['config.json', 'json'],
    ['data/rows.tsv', 'table'],
    ['page.html', 'text'],
    ['logo.svg', 'text'],
    ['model.onnx', null],
    ['weights', null],
  ])('%s: %s', (path, kind) => expect(artifactKind(path)).toBe(kind));
  it('never hands a page or a drawing to the browser as what it says it is', () => {
    expect(imageType('logo.svg')).toBe('application/octet-stream');
    expect(imageType('page.html')).toBe('application/octet-stream');
    expect(imageType('a.jpg')).toBe('image/jpeg');
  });
});

describe('readTable', () => {
  it('reads quotes, separators and lines inside of quotes', () => {
    expect(readTable('a,b\r\n"x, ""y""","1\n2"\n', ',', 10)).toEqual([
      ['a', 'b'],
      ['x, "y"', '1\n2'],
    ]);
  });
  it('keeps empty cells and a last line without its end', () => {
    expect(readTable('a\t\tc\n\t2', '\t', 10)).toEqual([
      ['a', '', 'c'],
      ['', '2'],
    ]);
  });
  it('stops at the limit', () => {
    expect(readTable('1\n2\n3\n', ',', 2)).toEqual([['1'], ['2']]);
  });
});
