import type { Difference } from '../compare.ts';
import type { Exchange } from '../session.ts';

export interface KnownDifference {
  /** What this server does, in a sentence. */
  what: string;
  /** What MLflow does, and why this one does not. */
  why: string;
  matches(difference: Difference, exchange: Exchange): boolean;
}

export const refused = ({ status, json }: Exchange['ours']): boolean =>
  status === 400 && (json as { error_code?: string } | undefined)?.error_code === 'INVALID_PARAMETER_VALUE';
