import { UnreadableFilter } from './filter.ts';

/** `characters`: pairs of first and last code point; `negated`: any other character. */
export type RegexNode =
  | { kind: 'characters'; ranges: [number, number][]; negated: boolean }
  | { kind: 'start' | 'end' }
  | { kind: 'either'; branches: RegexNode[][] }
  | { kind: 'repeat'; node: RegexNode; min: number; max: number | null };

export const maxPatternLength = 200;
const maxCount = 100;
/** What a pattern may grow to when its counts are written out. */
const maxSize = 2000;

const digits: [number, number][] = [[48, 57]];
const wordCharacters: [number, number][] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const spaces: [number, number][] = [
  [9, 13],
  [32, 32],
];
const classes: Readonly<Record<string, [number, number][]>> = { d: digits, w: wordCharacters, s: spaces };
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, v: 11 };

const one = (codePoint: number): RegexNode => ({
  kind: 'characters',
  ranges: [[codePoint, codePoint]],
  negated: false,
});

const sizeOf = (nodes: readonly RegexNode[]): number =>
  nodes.reduce((sum, node) => {
    if (node.kind === 'either') return sum + 1 + node.branches.reduce((all, branch) => all + sizeOf(branch), 0);
    return sum + (node.kind === 'repeat' ? sizeOf([node.node]) * Math.max(node.min, node.max ?? 0, 1) + 1 : 1);
  }, 0);

const repeats = (nodes: readonly RegexNode[]): boolean =>
  nodes.some((node) =>
    node.kind === 'either'
      ? node.branches.some(repeats)
      : node.kind === 'repeat' && (node.max !== 1 || repeats([node.node])),
  );

/**
 * Reads the regular expressions that mean the same everywhere: literals, `.`, classes, `\d \w \s` (ascii), `^ $`, groups,
 * `|`, and `* + ? {n,m}` (not inside of one another). Throws UnreadableFilter with the position in the pattern.
 */
export const readRegex = (text: string): RegexNode => {
  let at = 0;
  let depth = 0;
  const fail = (message: string, position = at): never => {
    throw new UnreadableFilter(message, position);
  };
  const take = (sign: string): boolean => {
    const hit = text.startsWith(sign, at);
    if (hit) at += sign.length;
    return hit;
  };
  const character = (): number => {
    const codePoint = text.codePointAt(at) ?? fail('Expected a character of the pattern here');
    at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  };
  /** After a backslash: a class, or the code point of a character. */
  const escaped = (): string | number => {
    const sign = text.charAt(at);
    if (/[1-9]/.test(sign)) fail('Expected no back-reference: what a group matched cannot be asked for again', at - 1);
    if (/[dwsDWS]/.test(sign)) {
      at += 1;
      return sign;
    }
    const control = controls[sign];
    if (control !== undefined) {
      at += 1;
      return control;
    }
    if (/[\p{L}\p{N}]/u.test(sign) || sign === '')
      fail('Expected one of \\d \\w \\s \\D \\W \\S \\t \\n \\r \\f \\v or a sign after the backslash', at - 1);
    return character();
  };

  const characterClass = (): RegexNode => {
    const open = at - 1;
    const negated = take('^');
    const ranges: [number, number][] = [];
    const single = (): number | null => {
      if (/^\[[:.=]/.test(text.slice(at))) fail('Expected characters and ranges, no named class');
      const from = at;
      if (!take('\\')) return character();
      const found = escaped();
      if (typeof found === 'number') return found;
      const known = classes[found] ?? fail('Expected no negated class inside of a class', from);
      ranges.push(...known);
      return null;
    };
    if (text[at] === ']') fail('Expected a character before the closing bracket');
    while (!take(']')) {
      if (at >= text.length) fail('This bracket is not closed', open);
      const from = at;
      const first = single();
      if (text[at] !== '-' || at + 1 >= text.length || text[at + 1] === ']') {
        if (first !== null) ranges.push([first, first]);
        continue;
      }
      at += 1;
      const last = single();
      if (first === null || last === null || last < first) fail('Expected a range from lower to higher', from);
      else ranges.push([first, last]);
    }
    return { kind: 'characters', ranges, negated };
  };

  const atom = (): RegexNode => {
    const from = at;
    if (take('(')) {
      if (text[at] === '?' && !take('?:')) fail('Expected a plain group: ( … ) or (?: … )', from);
      depth += 1;
      const node = either();
      depth -= 1;
      return take(')') ? node : fail('This parenthesis is not closed', from);
    }
    if (take('[')) return characterClass();
    if (take('.')) return { kind: 'characters', ranges: [], negated: true };
    if (take('^')) return { kind: 'start' };
    if (take('$')) return { kind: 'end' };
    if (/[*+?{]/.test(text.charAt(at))) fail(`Expected something to repeat before ${text.charAt(at)}`);
    if (!take('\\')) return one(character());
    const found = escaped();
    if (typeof found === 'number') return one(found);
    const ranges = classes[found.toLowerCase()] as [number, number][];
    return { kind: 'characters', ranges, negated: found !== found.toLowerCase() };
  };

  const counts = (): [number, number | null] | null => {
    const counted = /^\{(\d+)(,?)(\d*)\}/.exec(text.slice(at));
    if (take('*')) return [0, null];
    if (take('+')) return [1, null];
    if (take('?')) return [0, 1];
    if (!counted) return text[at] === '{' ? fail('Expected a count such as {2}, {2,} or {2,5}') : null;
    const [whole, least = '', comma, most = ''] = counted;
    const min = Number(least);
    const max = comma === '' ? min : most === '' ? null : Number(most);
    if (Math.max(min, max ?? 0) > maxCount || (max !== null && max < min))
      fail(`Expected counts from lower to higher, up to ${maxCount}`);
    at += whole.length;
    return [min, max];
  };

  const quantified = (): RegexNode => {
    const node = atom();
    const from = at;
    const count = counts();
    if (!count) return node;
    if (node.kind === 'start' || node.kind === 'end') fail('Expected something to repeat, not ^ or $', from);
    // Lazy or not: that something matches does not depend on it.
    take('?');
    if (/[*+?{]/.test(text.charAt(at))) fail('Expected no second repetition here');
    const [min, max] = count;
    if (max !== 1 && repeats([node])) fail('Expected no repetition of what repeats already', from);
    if (max === 0) fail('Expected a repetition of at least one', from);
    const repeat: RegexNode = { kind: 'repeat', node, min, max };
    if (sizeOf([repeat]) > maxSize) fail('Expected a lower count: the pattern grows too large', from);
    return repeat;
  };

  const either = (): RegexNode => {
    const branches: RegexNode[][] = [];
    do {
      const branch: RegexNode[] = [];
      while (at < text.length && text[at] !== '|' && !(text[at] === ')' && depth > 0)) {
        if (text[at] === ')') fail('Expected no closing parenthesis here');
        branch.push(quantified());
      }
      if (branch.length === 0) fail('Expected something to match here');
      branches.push(branch);
    } while (take('|'));
    return { kind: 'either', branches };
  };

  if (text.length > maxPatternLength)
    fail(`Expected at most ${maxPatternLength} characters of pattern`, maxPatternLength);
  const node = either();
  if (sizeOf([node]) > maxSize) fail('Expected lower counts: the pattern grows too large', 0);
  return node;
};
