export type TrainingErrorCode =
  | 'no-rows'
  | 'no-usable-features'
  | 'feature-missing'
  | 'feature-kind'
  | 'feature-repeated'
  | 'too-many-columns'
  | 'value-unsupported'
  | 'value-too-large'
  | 'target-kind'
  | 'target-length'
  | 'target-one-class'
  | 'weights-invalid'
  | 'trainer-unknown'
  | 'params-invalid'
  | 'numerically-singular'
  | 'runtime-disagrees';

/** A training request that cannot be carried out; the message names the column, row or parameter at fault. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string) {
    super(message);
    this.name = 'TrainingError';
    this.code = code;
  }
}
