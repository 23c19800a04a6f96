import type { Label, Signature } from '@millwright/contract';
import type { Static } from 'typebox';
import { fail } from '#platform/errors';
import type { NewLabel } from './store.ts';

/** Labels as they are kept: text, each prediction once, the last one sent. Errors: INVALID_INPUT for a regression's label that is no number. */
export const normaliseLabels = (task: Signature['task'], labels: readonly Static<typeof Label>[]): NewLabel[] => {
  const last = new Map<string, NewLabel>();
  labels.forEach(({ predictionId, value, at }, index) => {
    const isNumber =
      typeof value === 'string'
        ? value.trim() !== '' && Number.isFinite(Number(value))
        : typeof value === 'number' && Number.isFinite(value);
    if (task === 'regression' && !isNumber)
      fail('INVALID_INPUT', `Label ${index + 1}: the endpoint predicts numbers, the label is none.`, {
        problems: [{ path: `labels.${index}.value`, message: 'must be a finite number' }],
      });
    last.delete(predictionId);
    last.set(predictionId, { predictionId, value: String(value), at: at ?? null });
  });
  return [...last.values()];
};
