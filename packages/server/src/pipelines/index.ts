export type { PipelinesService } from './service.ts';
export type { StepContext, StepKind, StepResult } from './step-kind.ts';
