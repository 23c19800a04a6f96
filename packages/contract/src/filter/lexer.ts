import { UnreadableFilter } from './filter.ts';

export interface Token {
  kind: 'word' | 'key' | 'text' | 'number' | 'sign' | 'end';
  text: string;
  at: number;
}

type Pattern = [Token['kind'] | 'space' | 'open', RegExp];

const word: Pattern = ['word', /[\p{L}\p{N}_/-]+/uy];
const withTexts = (texts: RegExp): Pattern[] => [
  ['space', /\s+/y],
  ['number', /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w/-])/y],
  ['key', /`(?:[^`]|``)+`/y],
  ['text', texts],
  ['open', /["'`]/y],
  word,
  ['sign', /!=|<=|>=|==|[=<>~(),.+-]/y],
];
const patterns = {
  doubled: withTexts(/"(?:[^"]|"")*"|'(?:[^']|'')*'/y),
  /** A quote after a backslash does not end the text either. */
  raw: withTexts(/"(?:""|\\"|[^"])*"|'(?:''|\\'|[^'])*'/y),
};

/** Splits a filter. After a dot a name goes on (`top.5`), so that digits there are no number. */
export const tokensOf = (text: string, quotes: keyof typeof patterns): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const last = tokens.at(-1);
    const isAdjacent = last !== undefined && last.at + last.text.length === at;
    const isName = isAdjacent && last.kind === 'sign' && last.text === '.';
    const isDot = isAdjacent && (last.kind === 'word' || last.kind === 'key') && text[at] === '.';
    const [kind, match] = isDot ? (['sign', '.'] as const) : next(text, at, isName ? [word] : [], quotes);
    if (kind === 'open') throw new UnreadableFilter('This quote is not closed', at);
    if (kind !== 'space') tokens.push({ kind, text: match, at });
    at += match.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
};

const next = (
  text: string,
  at: number,
  first: Pattern[],
  quotes: keyof typeof patterns,
): readonly [Pattern[0], string] => {
  for (const [kind, pattern] of [...first, ...patterns[quotes]]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) return [kind, match];
  }
  throw new UnreadableFilter(`“${String.fromCodePoint(text.codePointAt(at) ?? 0)}” has no meaning here`, at);
};
