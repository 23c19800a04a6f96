/**
 * Stands in for typebox in the browser's bundle. The definitions of the contract are written with typebox for its
 * types; at run time the console needs only the JSON Schemas they result in, and typebox with its compiler would be a
 * fifth of the shell. A test compares the schemas of every operation built with either.
 */
type Schema = Record<string, unknown>;
const optional = Symbol('optional');
const isOptional = (schema: Schema) => optional in schema;
const build = (schema: Schema, options: Schema = {}) => ({ ...schema, ...options });

export const Type = {
  String: (options?: Schema) => build({ type: 'string' }, options),
  Number: (options?: Schema) => build({ type: 'number' }, options),
  Integer: (options?: Schema) => build({ type: 'integer' }, options),
  Boolean: (options?: Schema) => build({ type: 'boolean' }, options),
  Null: (options?: Schema) => build({ type: 'null' }, options),
  Unknown: (options?: Schema) => build({}, options),
  Any: (options?: Schema) => build({}, options),
  Unsafe: (schema: Schema) => schema,
  Literal: (value: string | number | boolean, options?: Schema) => build({ type: typeof value, const: value }, options),
  Array: (items: Schema, options?: Schema) => build({ type: 'array', items }, options),
  Union: (anyOf: Schema[], options?: Schema) => build({ anyOf }, options),
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, optional, { value: true }),
  Record: (key: Schema, value: Schema, options?: Schema) =>
    build({ type: 'object', patternProperties: { [String(key['pattern'] ?? '^.*$')]: value } }, options),
  Object: (properties: Record<string, Schema>, options?: Schema) => {
    const required = Object.keys(properties).filter((key) => !isOptional(properties[key] as Schema));
    return build({ type: 'object', ...(required.length > 0 ? { required } : {}), properties }, options);
  },
};
