import { describe, expect, it } from 'vitest';
import { parseFilter } from '../filter/index.ts';
import { bestAsked, directionInName } from './direction.ts';

describe('the direction of a metric', () => {
  it.each([
    ['loss', 'minimize'],
    ['val_loss', 'minimize'],
    ['eval/loss', 'minimize'],
    ['validation_0-logloss', 'minimize'],
    ['training_mean_squared_error', 'minimize'],
    ['neg_mean_squared_error', 'maximize'],
    ['RMSE', 'minimize'],
    ['valLoss', 'minimize'],
    ['error_rate', 'minimize'],
    ['accuracy', 'maximize'],
    ['val_acc', 'maximize'],
    ['test.f1', 'maximize'],
    ['precision@10', 'maximize'],
    ['mAP50', 'maximize'],
    ['training_r2_score', 'maximize'],
    ['roc_auc', 'maximize'],
    ['explained_variance', 'maximize'],
    ['std_test_score', null],
    ['rank_test_score', null],
    ['mean_fit_time', null],
    ['error_count', null],
    ['epoch', null],
    ['system/cpu_utilization_percentage', null],
    ['__proto__', null],
  ])('of %s, by its name, is %s', (key, direction) => {
    expect(directionInName(key)).toBe(direction);
  });

  it('is asked for where a filter says best, wherever that stands', () => {
    const asked = (text: string) => bestAsked((parseFilter(text) as { filter: never }).filter);
    expect(asked('metrics.auc.best > 1 and (not metrics.`val loss`.best < 2 or metrics.a.b.best in (1, 2))')).toEqual([
      { key: 'auc', at: 0 },
      { key: 'val loss', at: 30 },
      { key: 'a.b', at: 61 },
    ]);
    expect(asked('metrics.best > 1 and metrics.`auc.best` > 2 and tags.a.best = "x"')).toEqual([]);
    expect(asked('')).toEqual([]);
  });
});
