import type { TSchema } from 'typebox';
import Value from 'typebox/value';

interface Shape {
  type?: string;
  const?: unknown;
  anyOf?: TSchema[];
  items?: TSchema;
  properties?: Record<string, TSchema>;
  required?: string[];
  minItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
}

const texts = [
  'sample',
  'sample.kind',
  `thing_${'0'.repeat(26)}`,
  `sha256:${'0'.repeat(64)}`,
  'correct horse battery',
  'folder/file.txt',
  '2026-01-01T00:00:00Z',
  '0 3 * * *',
  '1.0',
  '999',
];

/** A value that the schema accepts and that refers to nothing there is. */
export const sampleOf = (schema: TSchema): unknown => {
  const shape = schema as Shape;
  if ('const' in shape) return shape.const;
  if (shape.anyOf) return sampleOf(shape.anyOf[0] as TSchema);
  if (shape.type === 'string') return texts.find((text) => Value.Check(schema, text)) ?? 'sample';
  if (shape.type === 'integer' || shape.type === 'number')
    return shape.minimum ?? (shape.exclusiveMinimum === undefined ? 1 : shape.exclusiveMinimum + 1);
  if (shape.type === 'boolean') return true;
  if (shape.type === 'array')
    return Array.from({ length: shape.minItems ?? 0 }, () => sampleOf(shape.items as TSchema));
  if (shape.type === 'object') {
    const required = Object.entries(shape.properties ?? {}).filter(([name]) => (shape.required ?? []).includes(name));
    return Object.fromEntries(required.map(([name, inner]) => [name, sampleOf(inner)]));
  }
  return 'sample';
};

/** Names that must never become a path, and what else people put where a name belongs. */
export const badNames = [
  '..',
  '.',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f%2e%2e%2f',
  '%252e%252e%252f',
  '/etc/passwd',
  'C:\\Windows\\win.ini',
  '..\\..\\secret',
  'name\0.csv',
  'name#fragment',
  'name?query=1',
  'a/b',
  'a//b',
  '\u202egpj.exe',
  '\ud800',
  'name\r\nx-header: 1',
  '$(reboot)',
  "' or 1=1 --",
  '{{7*7}}',
  '__proto__',
  'constructor',
  ' ',
  '',
  'x'.repeat(5000),
];

const notText: unknown[] = [null, true, 7, 1.5, [], {}, ['x'], { toString: 'x' }];
const notNumber: unknown[] = [null, true, 'seven', '7', [], {}, { valueOf: 7 }, -1e308, 1.5];

/** Values the schema refuses, of every wrong kind we could think of. */
export const refusedBy = (schema: TSchema): unknown[] => {
  const shape = schema as Shape;
  const candidates: unknown[] = [...notText, ...notNumber, ...badNames, 'x'.repeat((shape.maxLength ?? 100_000) + 1)];
  return candidates.filter((value) => !Value.Check(schema, value));
};

/** Values of the right type that the schema accepts although they are odd: not to be refused, but never a failure of ours. */
export const oddButAccepted = (schema: TSchema): unknown[] => badNames.filter((value) => Value.Check(schema, value));

/** Every property of an object and of the objects within, by its path. */
export const propertiesOf = (schema: TSchema, path: readonly string[] = []): { path: string[]; schema: TSchema }[] =>
  Object.entries((schema as Shape).properties ?? {}).flatMap(([name, inner]) => [
    { path: [...path, name], schema: inner },
    ...propertiesOf(inner, [...path, name]),
  ]);

/** The sample with one property replaced; objects on the way are made. */
export const withProperty = (sample: unknown, path: readonly string[], value: unknown): unknown => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = typeof sample === 'object' && sample !== null ? (sample as Record<string, unknown>) : {};
  return { ...inner, [name]: withProperty(inner[name], rest, value) };
};
