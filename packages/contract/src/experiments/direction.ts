import type { Filter } from '../filter/index.ts';
import type { MetricSummary } from './metrics.ts';
import type { Run } from './runs.ts';

/** Whether more or less of a metric is better; `none`: neither. */
export type Direction = 'maximize' | 'minimize' | 'none';

const lessIsBetter = new Set(
  `loss losses logloss crossentropy nll error err errors rmse mse mae mape smape msle rmsle medae perplexity ppl wer cer ter
   fid kid brier deviance hinge fpr fnr eer regret distortion`.split(/\s+/),
);
const moreIsBetter = new Set(
  `accuracy acc auc auroc auprc ap map mar f1 fbeta precision recall r2 score bleu rouge meteor ndcg mrr iou miou giou dice
   kappa mcc sensitivity specificity tpr tnr reward psnr ssim silhouette likelihood correlation pearson spearman`.split(
    /\s+/,
  ),
);
/** How a value scatters, ranks or how long it took says nothing of how good it is. */
const neither = new Set('std stddev stdev var variance rank time seconds ms count num'.split(' '));

const wordsOf = (key: string): string[] =>
  key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
const isOf = (words: ReadonlySet<string>, word: string): boolean =>
  words.has(word) || words.has(word.replace(/\d+$/, ''));

/** What a name says of itself: `val_loss` is better the less there is of it. Null where it says nothing. */
export const directionInName = (key: string): 'maximize' | 'minimize' | null => {
  const words = wordsOf(key);
  if (words.some((word) => neither.has(word)) && !/explained.?variance/i.test(key)) return null;
  if (/explained.?variance/i.test(key)) return 'maximize';
  const less = words.findLastIndex((word) => isOf(lessIsBetter, word));
  const more = words.findLastIndex((word) => isOf(moreIsBetter, word));
  if (less === more) return null;
  // As scikit-learn calls what it maximises: `neg_mean_squared_error`.
  if (less > more) return words.includes('neg') || words.includes('negative') ? 'maximize' : 'minimize';
  return 'maximize';
};

/** The best value of a metric so far; undefined where it has no direction. */
export const bestOf = (
  summary: MetricSummary | undefined,
  direction: Direction | null,
): MetricSummary['max'] | undefined =>
  direction === 'maximize' ? summary?.max : direction === 'minimize' ? summary?.min : undefined;

/** A run with the best value beside the others, for filters: `metrics.auc.best > 0.9`. */
export const withBest = (run: Run, directionOf: (key: string) => Direction | null): Run => ({
  ...run,
  metrics: Object.fromEntries(
    Object.entries(run.metrics).map(([key, summary]) => {
      const best = bestOf(summary, directionOf(key));
      return [key, best === undefined ? summary : { ...summary, best }];
    }),
  ),
});

/** The metrics whose best value a filter asks for, each with the character where it does. */
export const bestAsked = (filter: Filter | null): { key: string; at: number | undefined }[] => {
  if (filter === null) return [];
  if ('parts' in filter) return filter.parts.flatMap(bestAsked);
  if (filter.kind === 'not') return bestAsked(filter.part);
  const key = bestKey(filter.path);
  return key === null ? [] : [{ key, at: filter.at }];
};

/** `auc` of `metrics.auc.best`; null for any other path. */
export const bestKey = (path: readonly string[]): string | null =>
  path[0] === 'metrics' && path.length > 2 && path.at(-1) === 'best' ? path.slice(1, -1).join('.') : null;
