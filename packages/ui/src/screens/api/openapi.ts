/** The part of an OpenAPI 3.1 document the reference shows. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}
interface Media {
  schema?: Schema;
}
export interface DescribedOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  'x-permission'?: string;
  'x-cli'?: string;
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
export interface OpenApi {
  info: { version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, DescribedOperation>>;
}
export interface ReferenceEntry {
  method: string;
  path: string;
  operation: DescribedOperation;
}

/** Operations grouped by tag in the order of the document; with a text only those that mention it. */
export const entriesByTag = (document: OpenApi, find: string): [tag: string, entries: ReferenceEntry[]][] => {
  const wanted = find.trim().toLowerCase();
  const entries = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(
      ([method, operation]): ReferenceEntry => ({ method: method.toUpperCase(), path, operation }),
    ),
  );
  const matching = entries.filter(({ path, operation }) =>
    [path, operation.operationId, operation.summary, operation['x-cli'] ?? ''].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
  return document.tags
    .map(({ name }): [string, ReferenceEntry[]] => [
      name,
      matching.filter(({ operation }) => operation.tags.includes(name)),
    ])
    .filter(([, list]) => list.length > 0);
};

/** A schema in the words of a reference: `array of integer`, `"a" or "b"`, `number or null`. */
export const typeWords = (schema: Schema): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeWords))].join(' or ');
  if (schema.type === 'array') return `array of ${schema.items ? typeWords(schema.items) : 'anything'}`;
  if (schema.patternProperties) return `map to ${Object.values(schema.patternProperties).map(typeWords).join(' or ')}`;
  if (schema.format === 'binary') return 'bytes';
  return Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
};

const number = (value: number) =>
  Math.abs(value) >= Number.MAX_SAFE_INTEGER ? `${value < 0 ? '−' : ''}2^53 − 1` : String(value);
/** What a value must fulfil beyond its type. */
export const limitWords = (schema: Schema): string =>
  [
    schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`,
    schema.minimum === undefined ? '' : `at least ${number(schema.minimum)}`,
    schema.exclusiveMinimum === undefined ? '' : `above ${number(schema.exclusiveMinimum)}`,
    schema.maximum === undefined ? '' : `at most ${number(schema.maximum)}`,
    schema.minLength ? `at least ${schema.minLength} characters` : '',
    schema.maxLength === undefined ? '' : `at most ${schema.maxLength} characters`,
  ]
    .filter(Boolean)
    .join(', ');
