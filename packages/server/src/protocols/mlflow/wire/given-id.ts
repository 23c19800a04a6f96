import { fail } from '#platform/errors';
import { idOfHex } from '#platform/ids';

/**
 * The id that a client chose for what it makes, so that it can ask again after a failure and make one thing only; from
 * the header `X-Millwright-Run-Id` or `X-Millwright-Model-Id`: 32 hexadecimal digits. Errors: INVALID_INPUT.
 */
export const givenId = (header: string | string[] | undefined, prefix: 'run' | 'lm'): string | undefined => {
  if (header === undefined) return undefined;
  const hex = String(header).replace(prefix === 'lm' ? /^m-/ : /^$/, '');
  return (
    idOfHex(prefix, hex) ?? fail('INVALID_INPUT', `Invalid id: '${hex.slice(0, 60)}'. It is 32 hexadecimal digits.`)
  );
};
