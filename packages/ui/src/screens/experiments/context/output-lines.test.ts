import { expect, it } from 'vitest';
import { outputPieces, readOutput } from './output-lines.ts';

const piece = (path: string) => ({ path, digest: '', sizeBytes: 1, mediaType: '', createdAt: 0 });

it('puts the pieces of all sessions in order, the end of one after its numbers', () => {
  const paths = ['1-tail.log', '2-0001.log', '1-0002.log', '1-0001.log', 'x.html'].map(
    (name) => `millwright/output/${name}`,
  );
  expect(outputPieces([...paths, 'other.log'].map(piece)).map(({ path }) => path.slice(18))).toEqual([
    '1-0001.log',
    '1-0002.log',
    '1-tail.log',
    '2-0001.log',
  ]);
});

it('reads lines of both streams, and takes out what colours a terminal', () => {
  expect(
    readOutput(
      '2026-01-01T00:00:00.000Z stdout F epoch 1\n2026-01-01T00:00:01.000Z stderr F \u001b[31mred\u001b[0m\nplain\n',
    ),
  ).toEqual([
    { at: '2026-01-01T00:00:00.000Z', isError: false, text: 'epoch 1' },
    { at: '2026-01-01T00:00:01.000Z', isError: true, text: 'red' },
    { at: null, isError: false, text: 'plain' },
  ]);
  expect(readOutput('')).toEqual([]);
});
