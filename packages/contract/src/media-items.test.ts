import { expect, it } from 'vitest';
import { mediaItems } from './media-items.ts';

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
