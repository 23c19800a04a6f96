import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Value from 'typebox/value';
import { referenceOf, referencesIn } from './references.ts';

export interface Problem {
  path: string;
  message: string;
}
type JsonSchema = Record<string, unknown>;

const anything: JsonSchema = {};
const relaxAll = (schemas: unknown, value: unknown): JsonSchema[] =>
  (schemas as JsonSchema[]).map((schema) => relax(schema, value));

/** The schema with everything allowed where the value holds a reference, and nothing else changed. */
const relax = (schema: JsonSchema, value: unknown): JsonSchema => {
  if (referenceOf(value)) return anything;
  if (referencesIn(value).length === 0) return schema;
  if (schema['anyOf']) return { ...schema, anyOf: relaxAll(schema['anyOf'], value) };
  if (schema['allOf']) return { ...schema, allOf: relaxAll(schema['allOf'], value) };
  if (Array.isArray(value) && typeof schema['items'] === 'object' && !Array.isArray(schema['items'])) {
    const items = schema['items'] as JsonSchema;
    return { ...schema, items: value.map((item) => relax(items, item)) };
  }
  const properties = schema['properties'] as Record<string, JsonSchema> | undefined;
  if (properties && !schema['patternProperties'])
    return {
      ...schema,
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, inner]) => [key, relax(inner, (value as JsonSchema)[key])]),
      ),
    };
  return anything;
};

const problemsOf = (schema: TSchema, value: unknown): Problem[] =>
  [...Compile(schema).Errors(value)]
    .filter((error) => error.keyword !== 'boolean')
    .map((error) => {
      const { additionalProperties } = error.params as { additionalProperties?: string[] };
      const message = additionalProperties
        ? `has the unknown properties ${additionalProperties.slice(0, 5).join(', ')}`
        : error.message;
      return { path: error.instancePath, message };
    });

/** What is wrong with a step's input before its references are known. */
export const fitProblems = (schema: TSchema, value: unknown): Problem[] =>
  problemsOf(relax(schema as JsonSchema, value) as TSchema, value);

/** The input with defaults filled in, or what is wrong with it. */
export const checkInput = (
  schema: TSchema,
  value: unknown,
): { ok: true; value: unknown } | { ok: false; problems: Problem[] } => {
  const filled = Value.Default(schema, value);
  const problems = problemsOf(schema, filled);
  return problems.length === 0 ? { ok: true, value: filled } : { ok: false, problems };
};

/** The first part of the path that the schema is sure not to have, or null. */
export const unknownPart = (schema: TSchema, path: readonly string[]): string | null => {
  let current = schema as JsonSchema;
  for (const key of path) {
    const properties = current['properties'] as Record<string, JsonSchema> | undefined;
    if (current['type'] !== 'object' || !properties || current['patternProperties']) return null;
    const next = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!next) return key;
    current = next;
  }
  return null;
};
