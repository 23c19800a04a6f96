/** What a name may be made of when many runs are renamed. */
export interface NamedRun {
  name: string;
  experimentName: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

const placeholder = /\{([^{}]*)\}/g;
const maxCharacters = 250;

const valueOf = (what: string, run: NamedRun, number: number): string | null => {
  if (what === 'name') return run.name;
  if (what === 'number') return String(number);
  if (what === 'experiment') return run.experimentName;
  const [, group, key = ''] = /^(parameters|tags)\.(.+)$/s.exec(what) ?? [];
  if (!group) return null;
  const values = group === 'tags' ? run.tags : run.parameters;
  return Object.hasOwn(values, key) ? (values[key] ?? null) : '';
};

/** The placeholders of a pattern that mean nothing. */
export const unknownPlaceholders = (pattern: string): string[] =>
  [...pattern.matchAll(placeholder)]
    .filter(([, what = '']) => !/^(?:name|number|experiment|(?:parameters|tags)\..+)$/s.test(what))
    .map(([text]) => text);

/** `{parameters.lr} #{number}` for a run; `number` counts from 1. What a run does not have leaves nothing. */
export const nameFrom = (pattern: string, run: NamedRun, number: number): string =>
  pattern
    .replace(placeholder, (text, what: string) => valueOf(what, run, number) ?? text)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, maxCharacters);
