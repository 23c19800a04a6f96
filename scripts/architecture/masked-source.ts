/** Source text with comments blanked and every literal replaced, so that patterns only meet code. Line breaks are kept. */
export interface MaskedSource {
  /** Code in which the n-th string literal stands as `"n"`. */
  code: string;
  /** Contents of the string literals (templates without expressions included), by their number. */
  strings: string[];
}

const AFTER_KEYWORD = /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|do|else|await|yield)$/;

/** Masks a TypeScript or JavaScript source. A quote without its pair on the line (JSX text) is taken as plain text. */
export function mask(source: string): MaskedSource {
  const strings: string[] = [];
  const openTemplates: number[] = [];
  let depth = 0;
  let code = '';
  let at = 0;

  const literal = (text: string): void => {
    strings.push(text);
    code += `"${strings.length - 1}"`;
  };
  // Reads template text from `at` up to its end or the next `${`.
  const template = (isStart: boolean): void => {
    const match = /(?:[^\\`$]|\\[\s\S]|\$(?!\{))*/y;
    match.lastIndex = at;
    const text = match.exec(source)?.[0] ?? '';
    at += text.length;
    const isEnd = source[at] !== '$';
    at += isEnd ? 1 : 2;
    if (isStart && isEnd) literal(text);
    else code += `${isStart ? '`' : ')'}${isEnd ? '`' : '('}`;
    code += '\n'.repeat(text.split('\n').length - 1);
    if (!isEnd) {
      openTemplates.push(depth);
      depth += 1;
    }
  };

  while (at < source.length) {
    const rest = source.slice(at, at + 2);
    const char = source.charAt(at);
    const skipped = rest === '//' ? /[^\n]*/y : rest === '/*' ? /\/\*[\s\S]*?(?:\*\/|$)/y : undefined;
    const quoted = char === "'" || char === '"' ? /(['"])((?:\\[\s\S]|(?!\1)[^\\\n])*)\1/y : undefined;
    const regex =
      char === '/' && startsExpression(code) ? /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y : undefined;
    const pattern = skipped ?? quoted ?? regex;
    if (pattern) pattern.lastIndex = at;
    const match = pattern?.exec(source);
    if (match) {
      at += match[0].length;
      if (quoted) literal(match[2] ?? '');
      else code += regex ? '/./' : match[0].replace(/[^\n]/g, ' ');
      continue;
    }
    at += 1;
    if (char === '`') {
      template(true);
    } else if (char === '}' && openTemplates.at(-1) === depth - 1) {
      openTemplates.pop();
      depth -= 1;
      template(false);
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      code += char;
    }
  }
  return { code, strings };
}

function startsExpression(code: string): boolean {
  const before = code.slice(-200).trimEnd();
  return before === '' || /[(,=:[!&|?{};+\-*%<>~^]$/.test(before) || AFTER_KEYWORD.test(before);
}
