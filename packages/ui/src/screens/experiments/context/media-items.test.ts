import { expect, it } from 'vitest';
import { mediaItems, readCurve, readFrame, readMatrix } from './media-items.ts';

const file = (path: string) => ({ path, digest: '', sizeBytes: 1, mediaType: '', createdAt: 0 });

it('finds what was logged to be looked at, ours and MLflow’s', () => {
  const items = mediaItems(
    [
      'images/val~a+step+10+timestamp+1+x.png',
      'images/val~a+step+2+timestamp+1+y.png',
      'images/val~a+step+2+timestamp+1+y+compressed.webp',
      'images/old%step%1%timestamp%1%z.png',
      'images/evil+step+1+timestamp+1+z.svg',
      'images/plot.png',
      'millwright/media/curves/roc/3.json',
      'millwright/media/tables/t/-1.json',
      'millwright/media/tables/t/x.html',
      'results/eval.json',
    ].map(file),
    { 'mlflow.loggedArtifacts': '[{"path":"results/eval.json","type":"table"},null]' },
  );
  expect(items.map(({ kind, name, steps }) => [kind, name, steps.map(({ step }) => step)])).toEqual([
    ['image', 'old', [1]],
    ['table', 'results/eval.json', [0]],
    ['curve', 'roc', [3]],
    ['table', 't', [-1]],
    ['image', 'val/a', [2, 10]],
  ]);
  expect(mediaItems([], { 'mlflow.loggedArtifacts': '{' })).toEqual([]);
});

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
