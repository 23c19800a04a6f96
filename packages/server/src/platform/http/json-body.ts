import type { FastifyInstance } from 'fastify';
import { MillwrightError } from '#platform/errors';

// A number of more digits or a larger exponent than a double has; it would silently become infinity.
const hugeNumber = /\d{309}|[eE]\+?\d{3}/;

/** The address of the first value that JSON can spell but nothing here can keep, or null. */
const unkeepable = (value: unknown, path: string): string | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path}: the number is too large`;
  if (typeof value === 'string') return value.includes('\0') ? `${path}: the text holds a NUL character` : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\0')) return `${path}: a property name holds a NUL character`;
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
      const found = text.includes('\\u0000') || hugeNumber.test(text) ? unkeepable(value, 'body') : null;
      if (found !== null) return done(new MillwrightError('INVALID_INPUT', found));
      done(null, value);
    });
  });
};
