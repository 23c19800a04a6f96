import type { Difference } from './compare.ts';
import { beyondMlflow } from './filters.ts';
import type { Exchange } from './session.ts';

export interface KnownDifference {
  /** What this server answers in place of MLflow's answer, for the reference. */
  what: string;
  why: string;
  matches(difference: Difference, exchange: Exchange): boolean;
}

/** Everything in which this server means to differ from MLflow. What is not in here is a defect. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    what: 'Filters may use OR, NOT and parentheses.',
    why: 'The grammar is a superset of MLflow’s, which answers 400.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant === beyondMlflow && theirs.status === 400 && ours.status === 200,
  },
];
