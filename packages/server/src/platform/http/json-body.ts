import type { FastifyInstance } from 'fastify';
import { MillwrightError } from '#platform/errors';

// A number of more digits or a larger exponent than a double has; it would silently become infinity.
const hugeNumber = /\d{309}|[eE]\+?\d{3}/;

// UTF-8 holds no half of a pair of surrogates; an escape may spell one, which would come back as something else.
const surrogate = /\\u[dD][89a-fA-F]/;

const faultOf = (text: string): string | null => {
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? null : 'holds half of a character (a surrogate without its pair)';
};

/** The address of the first value that JSON can spell but nothing here can keep, or null. */
const unkeepable = (value: unknown, path: string): string | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path}: the number is too large`;
  if (typeof value === 'string') {
    const fault = faultOf(value);
    return fault === null ? null : `${path}: the text ${fault}`;
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const fault = faultOf(key);
    if (fault !== null) return `${path}: a property name ${fault}`;
    const found = unkeepable(inner, `${path}/${key}`);
    if (found !== null) return found;
  }
  return null;
};

/** JSON as Fastify reads it (prototype keys are refused), and nothing in it that a database would change or refuse. */
export const addJsonParser = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    void parse(request, text, (error, value) => {
      if (error) return done(error);
      const isOdd = text.includes('\\u0000') || hugeNumber.test(text) || surrogate.test(text);
      const found = isOdd ? unkeepable(value, 'body') : null;
      if (found !== null) return done(new MillwrightError('INVALID_INPUT', found));
      done(null, value);
    });
  });
};
