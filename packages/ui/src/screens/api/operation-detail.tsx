import type { ReactNode } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import type { DescribedOperation, ReferenceEntry, Schema } from './openapi.ts';
import { limitWords, typeWords } from './openapi.ts';

const deepest = 4;

/** The properties of an object, nested as deep as is still readable. */
const Properties = ({ schema, depth = 0 }: { schema: Schema; depth?: number }) => {
  const inner = schema.type === 'array' && schema.items ? schema.items : schema;
  const properties = Object.entries(inner.properties ?? {});
  if (properties.length === 0) return <p className="text-xs text-muted">{typeWords(schema)}</p>;
  return (
    <ul className={depth > 0 ? 'ml-3 border-l border-line pl-3' : ''}>
      {properties.map(([name, property]) => (
        <li key={name} className="py-0.5">
          <code className="font-mono text-xs font-semibold">{name}</code>{' '}
          <span className="text-xs text-muted">{typeWords(property)}</span>
          {inner.required?.includes(name) ? null : <span className="text-xs text-faint"> optional</span>}
          <span className="text-xs text-faint"> {limitWords(property)}</span>
          {property.description ? <span className="text-xs text-muted"> {property.description}</span> : null}
          {depth < deepest && (property.properties ?? property.items?.properties) ? (
            <Properties schema={property} depth={depth + 1} />
          ) : null}
        </li>
      ))}
    </ul>
  );
};

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3 className="mb-1 text-xs font-semibold text-muted">{title}</h3>
    {children}
  </section>
);

const curlOf = ({ method, path, operation }: ReferenceEntry): string => {
  const lines = [`curl -X ${method} '${location.origin}${path}'`, '  -H "Authorization: Bearer $MILLWRIGHT_TOKEN"'];
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  if (type)
    lines.push(
      `  -H 'Content-Type: ${type}'`,
      type === 'application/json' ? '  -d @body.json' : '  --data-binary @file',
    );
  return lines.join(' \\\n');
};
const successOf = (operation: DescribedOperation) =>
  Object.entries(operation.responses).filter(([status]) => status < '400');
const failuresOf = (operation: DescribedOperation) =>
  Object.entries(operation.responses).filter(([status]) => status >= '400');

export const OperationDetail = ({ entry }: { entry: ReferenceEntry }) => {
  const { operation } = entry;
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  return (
    <div className="grid gap-4 bg-canvas px-4 py-3 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-3">
        <p className="flex flex-wrap items-center gap-2">
          <code className="font-mono text-xs">{operation.operationId}</code>{' '}
          <Badge>{operation['x-permission'] ?? 'public'}</Badge>
        </p>
        {operation.description ? <p>{operation.description}</p> : null}
        {operation.parameters.length > 0 ? (
          <Part title="Parameters">
            <ul>
              {operation.parameters.map((parameter) => (
                <li key={parameter.name} className="py-0.5 text-xs">
                  <code className="font-mono font-semibold">{parameter.name}</code>{' '}
                  <span className="text-muted">
                    in {parameter.in}, {typeWords(parameter.schema)}
                  </span>
                  {parameter.required ? null : <span className="text-faint"> optional</span>}{' '}
                  <span className="text-faint">{limitWords(parameter.schema)}</span>
                </li>
              ))}
            </ul>
          </Part>
        ) : null}
        {body?.[1].schema ? (
          <Part title={`Body, ${body[0]}`}>
            <Properties schema={body[1].schema} />
          </Part>
        ) : null}
        <CodeBlock label="curl" code={curlOf(entry)} />
        {operation['x-cli'] ? <CodeBlock label="Command line" code={operation['x-cli']} /> : null}
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        {successOf(operation).map(([status, reply]) => (
          <Part key={status} title={`Answer ${status}${reply.content ? `, ${Object.keys(reply.content)[0]}` : ''}`}>
            {Object.values(reply.content ?? {}).map((media, index) =>
              media.schema ? <Properties key={index} schema={media.schema} /> : null,
            )}
          </Part>
        ))}
        <Part title="Errors">
          <ul className="text-xs">
            {failuresOf(operation).map(([status, reply]) => (
              <li key={status} className="py-0.5">
                <span className="font-semibold tabular-nums">{status}</span>{' '}
                <span className="text-muted">{reply.description}</span>
              </li>
            ))}
          </ul>
        </Part>
      </div>
    </div>
  );
};
