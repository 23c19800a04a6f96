import { type Operation, apiPrefix, errorTable } from '@millwright/contract';

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorTable) },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    problems: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};

const alwaysPossible = ['INVALID_INPUT', 'SIGN_IN_REQUIRED', 'PERMISSION_DENIED', 'INTERNAL'] as const;

const parametersOf = (op: Operation) => [
  ...Object.entries(op.params?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema,
  })),
  ...Object.entries(op.query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: (op.query?.required ?? []).includes(name as never),
    schema,
  })),
];

const describe = (op: Operation) => {
  const codes = [...new Set([...alwaysPossible, ...(op.errors ?? [])])].filter(
    (code) => op.permission !== 'public' || (code !== 'SIGN_IN_REQUIRED' && code !== 'PERMISSION_DENIED'),
  );
  const byStatus = Map.groupBy(codes, (code) => errorTable[code][0]);
  const success = op.status ?? 200;
  const content =
    op.replyKind === 'stream'
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : op.replyKind === 'events'
        ? { 'text/event-stream': { schema: { type: 'string' } } }
        : op.reply
          ? { 'application/json': { schema: op.reply } }
          : undefined;
  return {
    operationId: op.id,
    summary: op.summary,
    ...(op.description ? { description: op.description } : {}),
    tags: [op.tag],
    ...(op.permission === 'public' ? { security: [] } : {}),
    'x-permission': op.permission,
    ...(op.cli ? { 'x-cli': `millwright ${op.cli}` } : {}),
    parameters: parametersOf(op),
    ...(op.body ? { requestBody: { required: true, content: { 'application/json': { schema: op.body } } } } : {}),
    ...(op.bodyKind === 'stream'
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              (op.consumes ?? []).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
            ),
          },
        }
      : {}),
    responses: {
      [success]: { description: success === 204 ? 'Done' : 'Success', ...(content ? { content } : {}) },
      ...Object.fromEntries(
        [...byStatus].map(([status, list]) => [
          status,
          {
            description: list.map((code) => `${code}: ${errorTable[code][1]}`).join('. '),
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
};

/** OpenAPI 3.1 from the operations: TypeBox schemas are JSON Schema already. */
export const openApi = (operations: readonly Operation[], version: string): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const op of operations) {
    const path = apiPrefix + op.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [op.method.toLowerCase()]: describe(op) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millwright', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    tags: [...new Set(operations.map((op) => op.tag))].map((name) => ({ name })),
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'millwright_session' },
      },
    },
  };
};
