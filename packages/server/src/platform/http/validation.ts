import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Value from 'typebox/value';
import { MillwrightError } from '#platform/errors';

export type Validate = (value: unknown) => unknown;

const where = (path: string, part: string): string => `${part}${path}`;

/**
 * A compiled check. Addresses and queries arrive as text, so numbers and booleans are read from it there; a JSON body
 * is taken at its word.
 */
export const compile = (schema: TSchema, part: 'params' | 'query' | 'body' | 'reply'): Validate => {
  // When it is first asked for: compiling all at the start would make every start wait.
  let compiled: ReturnType<typeof Compile> | undefined;
  const fromText = part === 'params' || part === 'query';
  return (raw) => {
    const validator = (compiled ??= Compile(schema));
    const value = fromText ? Value.Default(schema, Value.Convert(schema, { ...(raw as object) })) : raw;
    // No name and no filter holds it, and one of the databases could not compare with it.
    if (fromText && Object.values(raw as object).some((text) => String(text).includes('\0')))
      throw new MillwrightError('INVALID_INPUT', `${part}: the text holds a NUL character`);
    if (validator.Check(value)) return value;
    // That a property stands at fault alone is said once more for the object, in words a person understands.
    const errors = [...validator.Errors(value)].filter((error) => error.keyword !== 'boolean');
    const problems = errors
      .slice(0, 20)
      .map((error) => ({ path: where(error.instancePath, part), message: describe(error) }));
    const first = problems[0];
    throw new MillwrightError(
      'INVALID_INPUT',
      first ? `${first.path}: ${first.message}` : `the ${part} does not have the expected form`,
      { problems },
    );
  };
};

const describe = (error: { message: string; keyword?: string; params?: unknown }): string => {
  const params = (error.params ?? {}) as {
    additionalProperties?: string[];
    requiredProperties?: string[];
    pattern?: string | RegExp;
  };
  if (error.keyword === 'additionalProperties' && params.additionalProperties)
    return `has the unknown properties ${params.additionalProperties.slice(0, 5).join(', ')}`;
  if (error.keyword === 'required' && params.requiredProperties) return `lacks ${params.requiredProperties.join(', ')}`;
  return error.message;
};
