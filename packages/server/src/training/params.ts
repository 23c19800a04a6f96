import { TrainingError } from './training-error.ts';

/** JSON Schema of one numeric parameter; plain data, so a worker needs no schema library to read it. */
export interface ParameterSchema {
  type: 'number' | 'integer';
  title: string;
  description: string;
  default: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

export interface ParametersSchema<Name extends string = string> {
  type: 'object';
  additionalProperties: false;
  properties: Record<Name, ParameterSchema>;
}

/** Fills in defaults. Throws `params-invalid` naming the parameter that is unknown or out of its range. */
export function resolveParams<Name extends string>(
  schema: ParametersSchema<Name>,
  params: Readonly<Record<string, unknown>>,
): Record<Name, number> {
  const names = Object.keys(schema.properties) as Name[];
  for (const name of Object.keys(params)) {
    if (!Object.hasOwn(schema.properties, name)) {
      throw new TrainingError('params-invalid', `There is no parameter "${name}"; known: ${names.join(', ')}.`);
    }
  }
  const entries = names.map((name): [Name, number] => [name, valueOf(name, schema.properties[name], params[name])]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

function valueOf(name: string, schema: ParameterSchema, value: unknown): number {
  if (value === undefined) return schema.default;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (schema.type === 'number' || Number.isSafeInteger(value)) &&
    value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
    value > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (schema.maximum ?? Number.POSITIVE_INFINITY);
  if (fits) return value;
  const limits = [
    schema.type === 'integer' ? 'a whole number' : 'a number',
    schema.minimum === undefined ? '' : `at least ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `above ${schema.exclusiveMinimum}`,
    schema.maximum === undefined ? '' : `at most ${schema.maximum}`,
  ];
  throw new TrainingError('params-invalid', `Parameter "${name}" must be ${limits.filter(Boolean).join(', ')}.`);
}
