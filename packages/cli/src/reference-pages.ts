import {
  apiPrefix,
  errorTable,
  type Operation,
  operations,
  permissions,
  roleAllows,
  roleNames,
} from '@millwright/contract';
import { type Setting, settings } from '@millwright/server';
import { commands } from './main.ts';
import { operationCommands } from './operations.ts';

const note = (source: string): string => `<!-- Made from ${source}. Change it there, then run the tests with -u. -->\n`;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export const errorsPage = (): string =>
  [
    '# Errors',
    '',
    note('packages/contract/src/errors.ts'),
    'Every refusal is `application/problem+json` (RFC 9457) with a stable `code`, the `requestId` under which the log has more,',
    'and, where the input was at fault, a list of `problems` with the place of each.',
    '',
    ...Object.entries(errorTable).flatMap(([code, [status, title]]) => [
      `## ${code.toLowerCase().replaceAll('_', '-')}`,
      '',
      `\`${code}\` (${status}): ${title}.`,
      '',
    ]),
  ].join('\n');

const described = (op: Operation): string[] => [
  `### ${op.summary}`,
  '',
  `\`${op.method} ${apiPrefix}${op.path}\` (\`${op.id}\`)${op.cli ? `, \`millwright ${op.cli}\`` : ''}`,
  '',
  ...(op.description ? [op.description, ''] : []),
  `- permission: ${op.permission}`,
  ...(op.query
    ? [
        `- query: ${Object.keys(op.query.properties)
          .map((name) => `\`${name}\``)
          .join(', ')}`,
      ]
    : []),
  ...(op.bodyKind === 'stream' ? [`- body: ${(op.consumes ?? []).join(' or ')}`] : []),
  ...(op.body && 'properties' in op.body
    ? [
        `- body: ${Object.keys(op.body.properties as object)
          .map((name) => `\`${name}\``)
          .join(', ')}`,
      ]
    : []),
  ...(op.errors ? [`- errors: ${op.errors.join(', ')}`] : []),
  ...(op.audit ? [`- audit: \`${op.audit}\``] : []),
  '',
];

export const apiPage = (): string =>
  [
    '# Operations',
    '',
    note('packages/contract'),
    'The full schemas are served at `/openapi.json`.',
    '',
    ...[...Map.groupBy(operations, (op) => op.tag)].flatMap(([tag, list]) => [
      `## ${tag}`,
      '',
      ...list.flatMap(described),
    ]),
  ].join('\n');

const limits = (setting: Setting): string =>
  setting.choices?.join(', ') ??
  [
    setting.kind,
    ...(setting.minimum === undefined ? [] : [`from ${setting.minimum}`]),
    ...(setting.maximum === undefined ? [] : [`to ${setting.maximum}`]),
  ].join(' ');

export const configurationPage = (): string =>
  [
    '# Configuration',
    '',
    note('packages/server/src/platform/config/settings.ts'),
    'A flag wins over the environment, that over `millwright.json` (or the file named by `--config` or `MILLWRIGHT_CONFIG`), that over the',
    'default. `millwright doctor` shows what holds and where it came from.',
    '',
    table(
      ['flag', 'environment', 'in the file', 'value', 'default', 'what it is for'],
      (settings as readonly Setting[]).map((setting) => [
        `\`${setting.flag}\``,
        `\`${setting.env}\``,
        `\`${setting.key}\``,
        limits(setting),
        setting.default === null || setting.default === '' ? '' : `\`${setting.default}\``,
        setting.help,
      ]),
    ),
    '',
  ].join('\n');

export const commandsPage = (): string =>
  [
    '# Command line',
    '',
    note('packages/cli/src/main.ts and packages/contract'),
    table(
      ['command', 'what it does'],
      Object.entries(commands).map(([name, { summary }]) => [`\`millwright ${name}\``, summary]),
    ),
    '',
    '## On a running server',
    '',
    'These take `--server URL`, `--token TOKEN` and `--project NAME` (or `MILLWRIGHT_URL`, `MILLWRIGHT_TOKEN`, `MILLWRIGHT_PROJECT`), and `--json`.',
    '',
    table(
      ['command', 'what it does'],
      operationCommands().map(([name, op]) => [`\`millwright ${name}\``, op.summary]),
    ),
    '',
    'Exit codes: 0 done, 1 refused or failed, 2 not understood.',
    '',
  ].join('\n');

export const permissionsPage = (): string =>
  [
    '# Roles and permissions',
    '',
    note('packages/contract/src/permissions.ts'),
    'A role is granted on the instance, on a project, or on one resource of a project. Nothing is allowed unless a granted role names it.',
    '',
    table(
      ['permission', ...roleNames],
      permissions.map((permission) => [
        `\`${permission}\``,
        ...roleNames.map((role) => (roleAllows(role, permission) ? 'yes' : '')),
      ]),
    ),
    '',
  ].join('\n');
