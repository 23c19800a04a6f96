import type { ModelInterface, SignatureField } from '@millwright/contract';
import { LineCounter, parseDocument } from 'yaml';

/** What `MLmodel` says about a version. */
export interface MlmodelFacts {
  interface: ModelInterface | null;
  flavours: string[];
  python: string | null;
}

/** Those that MLflow writes are a few kilobytes. */
export const maxMlmodelBytes = 1_000_000;
const maxDepth = 30;
const maxFields = 20_000;

export class MlmodelUnreadable extends Error {}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

/** Brackets that open and never close are refused before a parser follows each of them down. */
const checkDepth = (text: string): void => {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > maxDepth) throw new MlmodelUnreadable(`is nested deeper than ${maxDepth} levels`);
  }
  for (const line of text.split('\n'))
    if (/^(?: *- ?)*/.exec(line)![0].length > 200 || /^ {200}/.test(line))
      throw new MlmodelUnreadable(`is nested deeper than ${maxDepth} levels`);
};

/** YAML without anything that grows as it is read: anchors are refused where they are used, tags are not followed. */
export const readYaml = (text: string): unknown => {
  if (text.length > maxMlmodelBytes) throw new MlmodelUnreadable(`is larger than ${maxMlmodelBytes} characters`);
  checkDepth(text);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      schema: 'core',
      lineCounter: lines,
      maxAliasCount: 0,
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    } as never);
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new MlmodelUnreadable(`is no YAML we read, at line ${line}, column ${col}: ${error.code}`);
    }
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof MlmodelUnreadable) throw error;
    throw new MlmodelUnreadable(
      error instanceof ReferenceError ? 'uses anchors and aliases, which are not followed' : 'cannot be read as YAML',
    );
  }
};

/** Columns as `{name, type, required}`, tensors as `{name, type: "tensor", "tensor-spec": {dtype, shape}}`. */
const typeOf = (field: Fields): string => {
  const tensor = field['tensor-spec'];
  if (isFields(tensor)) return `tensor(${textOf(tensor['dtype']) ?? '?'}, ${JSON.stringify(tensor['shape'] ?? [])})`;
  const type = textOf(field['type']) ?? textOf(field['dtype']) ?? 'unknown';
  if (type === 'array' && isFields(field['items'])) return `array(${typeOf(field['items'])})`;
  return type;
};

const fieldsOf = (value: unknown, what: string): SignatureField[] => {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'string') throw new MlmodelUnreadable(`says its ${what} in a form we do not read`);
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    throw new MlmodelUnreadable(`says its ${what} in JSON that cannot be read`);
  }
  // A params schema may be wrapped, and one field may stand alone.
  const items = Array.isArray(list) ? list : [list];
  if (items.length > maxFields) throw new MlmodelUnreadable(`names more than ${maxFields} ${what}`);
  return items.filter(isFields).map((field) => ({
    name: (textOf(field['name']) ?? '').slice(0, 500),
    type: typeOf(field).slice(0, 500),
    required: field['required'] !== false && field['optional'] !== true,
  }));
};

/** Throws MlmodelUnreadable, worded to follow "MLmodel". */
export const readMlmodel = (text: string): MlmodelFacts => {
  const root = readYaml(text);
  if (!isFields(root)) throw new MlmodelUnreadable('is no mapping');
  const flavours = isFields(root['flavors']) ? root['flavors'] : {};
  const pyfunc = flavours['python_function'];
  const signature = root['signature'];
  return {
    flavours: Object.keys(flavours).slice(0, 50),
    python: isFields(pyfunc) ? textOf(pyfunc['python_version']) : null,
    interface: isFields(signature)
      ? {
          inputs: fieldsOf(signature['inputs'], 'inputs'),
          outputs: fieldsOf(signature['outputs'], 'outputs'),
          params: fieldsOf(signature['params'], 'params'),
        }
      : null,
  };
};

/** `requirements.txt`: packages with what is asked of their versions; options, addresses and comments are left out. */
export const readRequirements = (text: string): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const line of text.split('\n').slice(0, 5000)) {
    const [, name, version = ''] =
      /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,100}(?:\[[A-Za-z0-9,._ -]*\])?)\s*([^;#@]*)/.exec(line) ?? [];
    if (name !== undefined) found[name] = version.trim().slice(0, 100);
  }
  return found;
};
