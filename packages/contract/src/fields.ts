import { type Static, type TSchema, Type } from 'typebox';

/** A prefixed, time-sortable identifier, e.g. `run_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C`. */
export const Id = Type.String({ pattern: '^[a-z]{2,8}_[0-9A-HJKMNP-TV-Z]{26}$', description: 'Identifier' });

/** A name that may stand in an address: no separators, no white space, no percent signs. */
const namePattern = '^(?![a-z]{2,8}_[0-9A-HJKMNP-TV-Z]{26}$)[A-Za-z0-9][A-Za-z0-9._-]{0,119}$';
export const Name = Type.String({
  pattern: namePattern,
  description: 'Letters, digits, dot, underscore and hyphen; starts with a letter or digit; at most 120 characters',
});

/** Either an id or a name; the two can not be confused because no name matches the pattern of an id. */
export const Ref = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$', description: 'Identifier or name' });

const projectNamePattern = '^[a-z0-9][a-z0-9-]{0,62}$';
export const ProjectName = Type.String({
  pattern: projectNamePattern,
  description: 'Lower-case letters, digits and hyphens',
});

/** For protocols, which read names by themselves. */
export const isName = (name: string): boolean => new RegExp(namePattern).test(name);
export const isProjectName = (name: string): boolean => new RegExp(projectNamePattern).test(name);

/** Free text of one line: anything but control characters. */
export const Title = Type.String({ minLength: 1, maxLength: 250, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });
export const Text = Type.String({ maxLength: 10_000, pattern: '^[^\\u0000]*$' });
/** A column of a table, as the file spells it. */
export const ColumnName = Type.String({ minLength: 1, maxLength: 250, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });
export const Digest = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' });
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Instant = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, description: 'Epoch milliseconds' });
export const Count = Type.Integer({ minimum: 0 });
export const Fraction = Type.Number({ minimum: 0, maximum: 1 });

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const OneOf = <const T extends readonly string[]>(...values: T) =>
  Type.Union(values.map((value) => Type.Literal(value))) as unknown as ReturnType<typeof Type.Unsafe<T[number]>>;
/** An object that refuses properties it does not name. */
export const Strict = <const T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
export const Json = Type.Record(Type.String(), Type.Unknown());

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' })),
};
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export const ResourceRef = Type.Object({ type: Type.String(), id: Type.String(), name: Type.Optional(Type.String()) });
export type ResourceRef = Static<typeof ResourceRef>;

/** A JSON number cannot say NaN or infinity: those travel as these three strings. */
export const MetricValue = Type.Union([
  Type.Number(),
  Type.Literal('NaN'),
  Type.Literal('Infinity'),
  Type.Literal('-Infinity'),
]);
