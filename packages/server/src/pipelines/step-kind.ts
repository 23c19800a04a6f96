import type { PipelineRun } from '@millwright/contract';
import type { Static, TSchema } from 'typebox';
import type { Ctx } from '#platform/auth';

/**
 * What a step ended in. `waiting`: look again after `againInMs`, without counting an attempt. `stopped`: the step decided
 * that the run ends here, e.g. a red gate; `message` says why and becomes the message of the run.
 */
export type StepResult<Output = unknown> =
  | { state: 'succeeded'; output: Output; message?: string }
  | { state: 'stopped'; output?: Output; message: string }
  | { state: 'waiting'; againInMs: number; message: string };

export interface StepContext<Input = unknown> {
  /** Acts for whoever started the run; for a trigger, for the pipeline itself. */
  ctx: Ctx;
  input: Input;
  /** The same on every attempt and every look: pass it on as `originKey`, so that an effect happens once. */
  stepRunId: string;
  pipelineRun: Pick<
    PipelineRun,
    'id' | 'pipelineId' | 'pipelineName' | 'number' | 'revision' | 'startedAt' | 'parameters'
  >;
  /** 1 for the first. An attempt that a crash cut short counts too. */
  attempt: number;
  /** Fires when the run is cancelled, the server stops, or another worker has taken over. */
  signal: AbortSignal;
  /** One line of the step's log; the newest 200 are kept. */
  log(line: string): void;
}

/** A kind of step that later stages bring along. `input` and `output` are checked on every run. */
export interface StepKind<I extends TSchema = TSchema, O extends TSchema = TSchema> {
  /** `training.train` */
  kind: string;
  summary: string;
  input: I;
  output: O;
  run(step: StepContext<Static<I>>): Promise<StepResult<Static<O>>>;
}

export interface StepKinds {
  register<I extends TSchema, O extends TSchema>(kind: StepKind<I, O>): void;
  find(kind: string): StepKind | undefined;
  /** In the order of their names. */
  list(): StepKind[];
}

export const createStepKinds = (): StepKinds => {
  const kinds = new Map<string, StepKind>();
  return {
    register(kind) {
      if (kinds.has(kind.kind)) throw new Error(`the step kind '${kind.kind}' is registered twice`);
      // The executor hands `run` only input that passed `kind.input`.
      kinds.set(kind.kind, kind as unknown as StepKind);
    },
    find: (kind) => kinds.get(kind),
    list: () => [...kinds.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
};
