/** What the spool answers when it does not do what was asked; the codes are MLflow's. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

export const invalid = (message: string): never => {
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', message);
};

export const missing = (name: string): never =>
  invalid(
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  );

/** MLflow's clients try again after this one. */
export const unavailable = (message: string): never => {
  throw new Refusal(503, 'TEMPORARILY_UNAVAILABLE', message);
};
