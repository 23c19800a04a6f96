import { expect, it } from 'vitest';
import { readCurve, readFrame, readMatrix } from './media-items.ts';

it('reads contents, and makes nothing of what is none', () => {
  expect(readMatrix('{"labels":["a","b"],"counts":[[1,0],[2,3]]}')).toEqual({
    labels: ['a', 'b'],
    counts: [
      [1, 0],
      [2, 3],
    ],
  });
  for (const broken of ['', '{', '[]', '{"labels":["a"],"counts":[[1,2]]}', '{"labels":["a"],"counts":[["x"]]}'])
    expect(readMatrix(broken)).toBeNull();
  expect(readCurve('{"kind":"roc","series":[{"x":[0,null],"y":[1,2],"score":0.5}]}')).toMatchObject({
    kind: 'roc',
    series: [{ name: '', x: [0, Number.NaN], y: [1, 2], score: 0.5 }],
  });
  expect(readCurve('{"series":[]}')).toBeNull();
  expect(readFrame('{"columns":["a","b"],"data":[[1,null],[{"type":"image"},"x"]]}')).toEqual([
    ['a', 'b'],
    ['1', ''],
    ['{"type":"image"}', 'x'],
  ]);
  expect(readFrame('{}')).toBeNull();
});
