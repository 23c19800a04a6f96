/** What stands within a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'emphasis' | 'deleted'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] };

/** Addresses that a reader may be sent to; anything else (`javascript:`, `data:`) stays text. */
export const safeHref = (address: string): string | null => {
  const text = address.trim();
  if (/^\/(?![/\\])/.test(text) || text.startsWith('#')) return text;
  if (/^mailto:[^\s]+@[^\s]+$/i.test(text)) return text;
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
};

const marks = [
  { mark: '**', kind: 'strong' },
  { mark: '__', kind: 'strong' },
  { mark: '~~', kind: 'deleted' },
  { mark: '*', kind: 'emphasis' },
  { mark: '_', kind: 'emphasis' },
] as const;
const special = /[\\`*_~[!\n]|https?:\/\//;
/** Deeper than this nobody writes; it bounds the work. */
const deepest = 6;

/** Where a mark closes again: not right after it, not after a space, `_` not within a word. */
const closing = (text: string, mark: string, from: number): number => {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at === from || /\s/.test(text[at - 1] ?? '') || text[at - 1] === '\\') continue;
    if (mark.length === 1 && (text[at + 1] === mark || text[at - 1] === mark)) continue;
    if (mark.includes('_') && /\w/.test(text[at + mark.length] ?? '')) continue;
    return at;
  }
  return -1;
};

interface Found {
  node: Inline;
  /** Where the text goes on. */
  end: number;
}

const codeAt = (text: string, at: number): Found | null => {
  const [ticks = ''] = /^`+/.exec(text.slice(at)) ?? [];
  const end = ticks === '' ? -1 : text.indexOf(ticks, at + ticks.length);
  if (end < 0) return null;
  const code = text.slice(at + ticks.length, end);
  return { node: { kind: 'code', text: /^ .*\S.* $/s.test(code) ? code.slice(1, -1) : code }, end: end + ticks.length };
};

/** `[words](address "title")`; of an image only its words, as a link: nothing is fetched from elsewhere. */
const linkAt = (text: string, at: number, depth: number): Found | null => {
  const start = text[at] === '!' ? at + 1 : at;
  const [whole, words = '', address = ''] =
    /^\[((?:[^[\]\\]|\\.){0,1000})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+"[^"]{0,500}")?\s*\)/.exec(
      text.slice(start, start + 4000),
    ) ?? [];
  const href = whole === undefined ? null : safeHref(address);
  if (whole === undefined || href === null) return null;
  const children = parseInline(words === '' ? address : words, depth + 1);
  return { node: { kind: 'link', href, children }, end: start + whole.length };
};

const markedAt = (text: string, at: number, depth: number): Found | null => {
  for (const { mark, kind } of marks) {
    if (!text.startsWith(mark, at)) continue;
    if (mark.includes('_') && /\w/.test(text[at - 1] ?? '')) continue;
    const from = at + mark.length;
    if (/\s/.test(text[from] ?? ' ')) continue;
    const end = closing(text, mark, from);
    if (end < 0) continue;
    return { node: { kind, children: parseInline(text.slice(from, end), depth + 1) }, end: end + mark.length };
  }
  return null;
};

const addressAt = (text: string, at: number): Found | null => {
  const [address = ''] = /^https?:\/\/[^\s<>"')\]]{1,2000}/.exec(text.slice(at, at + 2100)) ?? [];
  const plain = address.replace(/[.,;:!?*_~]+$/, '');
  const href = plain === '' ? null : safeHref(plain);
  return href === null
    ? null
    : { node: { kind: 'link', href, children: [{ kind: 'text', text: plain }] }, end: at + plain.length };
};

const foundAt = (text: string, at: number, depth: number): Found | null => {
  const sign = text[at];
  if (sign === '\\')
    return text[at + 1] === '\n'
      ? { node: { kind: 'break' }, end: at + 2 }
      : /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')
        ? { node: { kind: 'text', text: text[at + 1] ?? '' }, end: at + 2 }
        : null;
  if (sign === '\n')
    return { node: text.slice(0, at).endsWith('  ') ? { kind: 'break' } : { kind: 'text', text: ' ' }, end: at + 1 };
  if (sign === '`') return codeAt(text, at);
  if (depth > deepest) return null;
  if (sign === '[' || (sign === '!' && text[at + 1] === '[')) return linkAt(text, at, depth);
  if (sign === 'h') return addressAt(text, at);
  return markedAt(text, at, depth);
};

const joined = (nodes: readonly Inline[]): Inline[] => {
  const result: Inline[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.kind === 'text' && last?.kind === 'text') last.text += node.text;
    else result.push(node.kind === 'text' ? { ...node } : node);
  }
  return result;
};

export const parseInline = (text: string, depth = 0): Inline[] => {
  const nodes: Inline[] = [];
  let rest = 0;
  while (rest < text.length) {
    const next = text.slice(rest).search(special);
    if (next < 0) break;
    const at = rest + next;
    if (at > rest) nodes.push({ kind: 'text', text: text.slice(rest, at) });
    const found = foundAt(text, at, depth) ?? { node: { kind: 'text' as const, text: text[at] ?? '' }, end: at + 1 };
    nodes.push(found.node);
    rest = found.end;
  }
  if (rest < text.length) nodes.push({ kind: 'text', text: text.slice(rest) });
  return joined(nodes);
};
