import { type Inline, parseInline } from './inline.ts';

export interface ListItem {
  /** Of a list of tasks: whether it is done. */
  done: boolean | null;
  blocks: MarkdownBlock[];
}
export type MarkdownBlock =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote'; blocks: MarkdownBlock[] }
  | { kind: 'list'; start: number | null; items: ListItem[] }
  | { kind: 'table'; head: Inline[][]; align: ('left' | 'center' | 'right' | null)[]; rows: Inline[][][] }
  | { kind: 'rule' };

const deepest = 8;
const isRule = (line: string): boolean => /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/.test(line);
const itemPattern = /^( {0,3})([-*+]|\d{1,9}[.)])(\s+|$)(.*)$/;
const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
const isTableRule = (line: string | undefined): line is string =>
  line !== undefined && line.includes('-') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(line);

/** Whether a line begins something else than the paragraph before it. */
const begins = (line: string, next: string | undefined): boolean =>
  line.trim() === '' ||
  isRule(line) ||
  /^ {0,3}(#{1,6}(\s|$)|>|```|~~~)/.test(line) ||
  /^ {0,3}([-*+]|1[.)])\s+\S/.test(line) ||
  (line.includes('|') && isTableRule(next));

/** Reads lines from the first to the last; each reader takes those that belong to it and says how many. */
const readBlocks = (lines: readonly string[], depth: number): MarkdownBlock[] => {
  const blocks: MarkdownBlock[] = [];
  let at = 0;
  while (at < lines.length) {
    const rest = lines.slice(at);
    const line = rest[0] ?? '';
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const [block, taken] = readOne(rest, line, depth);
    blocks.push(block);
    at += taken;
  }
  return blocks;
};

type Read = [block: MarkdownBlock, lines: number];

const readOne = (rest: readonly string[], line: string, depth: number): Read => {
  const [, hashes = '', heading = ''] = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/.exec(line) ?? [];
  if (hashes !== '') return [{ kind: 'heading', level: hashes.length, content: parseInline(heading) }, 1];
  if (isRule(line)) return [{ kind: 'rule' }, 1];
  if (/^ {0,3}(```|~~~)/.test(line)) return readCode(rest, line);
  if (depth < deepest && /^ {0,3}>/.test(line)) return readQuote(rest, depth);
  if (depth < deepest && itemPattern.test(line)) return readList(rest, depth);
  if (line.includes('|') && isTableRule(rest[1])) return readTable(rest);
  return readParagraph(rest);
};

const readCode = (rest: readonly string[], line: string): Read => {
  const [, fence = '```', language = ''] = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? [];
  const end = rest.findIndex((one, index) => index > 0 && one.trim().startsWith(fence));
  const last = end < 0 ? rest.length : end;
  return [
    { kind: 'code', language: language.slice(0, 40), text: rest.slice(1, last).join('\n') },
    end < 0 ? last : last + 1,
  ];
};

const readQuote = (rest: readonly string[], depth: number): Read => {
  const end = rest.findIndex((one) => one.trim() === '' || (!/^ {0,3}>/.test(one) && begins(one, undefined)));
  const lines = rest.slice(0, end < 0 ? rest.length : end);
  return [
    {
      kind: 'quote',
      blocks: readBlocks(
        lines.map((one) => one.replace(/^ {0,3}> ?/, '')),
        depth + 1,
      ),
    },
    lines.length,
  ];
};

const readList = (rest: readonly string[], depth: number): Read => {
  const marker = (itemPattern.exec(rest[0] ?? '')?.[2] ?? '-') as string;
  const isOrdered = /\d/.test(marker);
  const items: string[][] = [];
  let indent = 0;
  let at = 0;
  for (; at < rest.length; at++) {
    const line = rest[at] ?? '';
    const match = itemPattern.exec(line);
    if (match && /\d/.test(match[2] ?? '') === isOrdered && !(items.length > 0 && (match[1]?.length ?? 0) >= indent)) {
      if (isRule(line)) break;
      indent = (match[1]?.length ?? 0) + (match[2]?.length ?? 0) + Math.min(4, Math.max(1, match[3]?.length ?? 1));
      items.push([match[4] ?? '']);
      continue;
    }
    const spaces = /^\s*/.exec(line)?.[0].length ?? 0;
    const isBlank = line.trim() === '';
    // A blank line ends the list, unless what follows belongs to it.
    if (isBlank) {
      const next = rest[at + 1] ?? '';
      const goesOn = /^\s*/.exec(next)?.[0].length ?? 0;
      if (next.trim() === '' || (goesOn < 2 && !itemPattern.test(next))) break;
      items.at(-1)?.push('');
      continue;
    }
    if (spaces < 2 && begins(line, rest[at + 1])) break;
    if (spaces < 2 && (rest[at - 1] ?? '').trim() === '') break;
    items.at(-1)?.push(line.slice(Math.min(spaces, indent)));
  }
  const start = isOrdered ? Number.parseInt(marker, 10) : null;
  return [
    {
      kind: 'list',
      start,
      items: items.map((lines): ListItem => {
        const [, box = ''] = /^\[([ xX])\]\s/.exec(lines[0] ?? '') ?? [];
        const content = box === '' ? lines : [(lines[0] ?? '').slice(4), ...lines.slice(1)];
        return { done: box === '' ? null : box !== ' ', blocks: readBlocks(content, depth + 1) };
      }),
    },
    Math.max(1, at),
  ];
};

const readTable = (rest: readonly string[]): Read => {
  const head = cellsOf(rest[0] ?? '');
  const align = cellsOf(rest[1] ?? '').map((cell) =>
    cell.startsWith(':') && cell.endsWith(':')
      ? 'center'
      : cell.endsWith(':')
        ? 'right'
        : cell.startsWith(':')
          ? 'left'
          : null,
  );
  const body = rest.slice(2);
  const end = body.findIndex((one) => one.trim() === '' || !one.includes('|'));
  const rows = body.slice(0, end < 0 ? body.length : end).map(cellsOf);
  const width = head.length;
  return [
    {
      kind: 'table',
      head: head.map((cell) => parseInline(cell)),
      align,
      rows: rows.map((row) => Array.from({ length: width }, (_none, index) => parseInline(row[index] ?? ''))),
    },
    rows.length + 2,
  ];
};

const readParagraph = (rest: readonly string[]): Read => {
  const end = rest.findIndex((one, index) => index > 0 && begins(one, rest[index + 1]));
  const lines = rest.slice(0, end < 0 ? rest.length : end);
  const text = lines.map((one, index) => (index === lines.length - 1 ? one.trim() : one.trimStart())).join('\n');
  return [{ kind: 'paragraph', content: parseInline(text) }, lines.length];
};

/** The common part of Markdown and its tables, lists of tasks and bare addresses. HTML in it is text. */
export const parseMarkdown = (text: string): MarkdownBlock[] =>
  readBlocks(text.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    ').split('\n'), 0);
