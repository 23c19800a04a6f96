import type { Operation } from '@millwright/contract';

interface Parts {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}
/** A word for a POSIX shell: quoted unless it is plain. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const flagName = (key: string) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The command that does the same: path parameters in their order, everything else as flags. Null where there is none. */
export const commandLine = (operation: Operation, input: unknown): string | null => {
  if (!operation.cli) return null;
  const { params = {}, query = {}, body } = input as Parts;
  const words = ['millwright', ...operation.cli.split(' ')];
  for (const key of operation.path.match(/(?<=:)[A-Za-z]+/g) ?? []) {
    if (key !== 'project') words.push(shellWord(String(params[key])));
  }
  if ('project' in params) words.push('--project', shellWord(String(params['project'])));
  for (const [key, value] of Object.entries({ ...query, ...(body as object | undefined) })) {
    if (value !== undefined)
      words.push(flagName(key), shellWord(typeof value === 'object' ? JSON.stringify(value) : String(value)));
  }
  return words.join(' ');
};

export const curlLine = (operation: Operation, address: string, input: unknown): string => {
  const { body } = input as Parts;
  const lines = [`curl -X ${operation.method} ${shellWord(address)}`, '  -H "Authorization: Bearer $MILLWRIGHT_TOKEN"'];
  if (body !== undefined)
    lines.push(`  -H 'Content-Type: application/json'`, `  -d ${shellWord(JSON.stringify(body))}`);
  return lines.join(' \\\n');
};
