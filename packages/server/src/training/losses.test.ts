import { describe, expect, it } from 'vitest';
import { rowLosses, trainingScore } from './losses.ts';
import type { FittedModel } from './model.ts';

const classifier = { task: 'classification', classes: ['no', 'yes'] } as FittedModel;

describe('losses per row', () => {
  it('are log-losses over the rows with a known label', () => {
    const target = { kind: 'category' as const, codes: Int32Array.of(0, -1, 1), levels: ['yes', 'no'] };
    const probabilities = Float64Array.of(0.2, 0.8, 0.5, 0.5, 0.9, 0.1);
    const losses = rowLosses(classifier, { labels: ['yes', 'no', 'no'], probabilities }, target);
    expect([...losses]).toEqual([-Math.log(0.8), -Math.log(0.9)]);
    expect(trainingScore({ labels: ['yes', 'no', 'yes'], probabilities }, target)).toEqual({
      name: 'train.accuracy',
      value: 0.5,
    });
  });
  it('stay finite for a class that training never saw', () => {
    const target = { kind: 'category' as const, codes: Int32Array.of(0), levels: ['perhaps'] };
    const [loss] = rowLosses(classifier, { labels: ['no'], probabilities: Float64Array.of(1, 0) }, target);
    expect(loss).toBeCloseTo(-Math.log(1e-15), 9);
  });
  it('are squared errors over the rows with a known value', () => {
    const target = { kind: 'number' as const, values: Float64Array.of(1, Number.NaN, 4) };
    const prediction = { values: Float64Array.of(3, 0, 4) };
    expect([...rowLosses({ task: 'regression' } as FittedModel, prediction, target)]).toEqual([4, 0]);
    expect(trainingScore(prediction, target)).toEqual({ name: 'train.rmse', value: Math.sqrt(2) });
  });
});
