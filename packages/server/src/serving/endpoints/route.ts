import type { OnnxVersion } from '#registry';
import type { InputPlan } from '../runtimes/request-rows.ts';
import type { Breaker } from './breaker.ts';

export type Role = 'champion' | 'challenger';

/** A model version that is loaded and answers. */
export interface ServedVariant {
  version: OnnxVersion;
  plan: InputPlan;
}

/** Everything a prediction needs to know of its endpoint, so that it asks no database. Replaced as a whole, never changed. */
export interface EndpointRoute {
  readonly endpointId: string;
  readonly project: string;
  readonly name: string;
  readonly unitColumn: string | null;
  /** null until its first champion is loaded. */
  readonly champion: ServedVariant | null;
  readonly challenger: {
    readonly variant: ServedVariant;
    readonly rolloutId: string;
    readonly weight: number;
    readonly breaker: Breaker;
  } | null;
  readonly states: readonly VariantState[];
}

export interface VariantState {
  role: Role;
  version: OnnxVersion | null;
  versionId: string;
  weight: number;
  state: 'loading' | 'ready' | 'failed';
  message: string;
}

/** What should be served, as the database says. */
export interface WantedRoute {
  endpointId: string;
  project: string;
  name: string;
  unitColumn: string | null;
  championVersionId: string;
  /** Kept loaded, so that going back is a change of a pointer. */
  previousVersionId: string | null;
  rollout: { id: string; challengerVersionId: string; weight: number } | null;
}
