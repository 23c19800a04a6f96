import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './blocks.ts';
import { parseInline, safeHref } from './inline.ts';

const text = (value: string) => ({ kind: 'text' as const, text: value });

describe('safeHref', () => {
  it.each([
    'https://example.org/a?b=1#c',
    'http://example.org/',
    '/p/default/overview',
    '#part',
    'mailto:a@example.org',
  ])('leads to %s', (href) => expect(safeHref(href)).toBe(href));
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    '//evil.example.org',
    '/\\evil.example.org',
    'https:evil',
    'blob:https://x',
    'mailto:nobody',
    '',
  ])('does not lead to %j', (href) => expect(safeHref(href)).toBeNull());
});

describe('parseInline', () => {
  it('knows emphasis, code, links and addresses', () => {
    expect(parseInline('a **b _c_** `d*e*` [f](https://g.org) ~~h~~ https://i.org/j.')).toEqual([
      text('a '),
      { kind: 'strong', children: [text('b '), { kind: 'emphasis', children: [text('c')] }] },
      text(' '),
      { kind: 'code', text: 'd*e*' },
      text(' '),
      { kind: 'link', href: 'https://g.org/', children: [text('f')] },
      text(' '),
      { kind: 'deleted', children: [text('h')] },
      text(' '),
      { kind: 'link', href: 'https://i.org/j', children: [text('https://i.org/j')] },
      text('.'),
    ]);
  });
  it.each([
    '2 * 3 * 4',
    'snake_case_name',
    '**open',
    '`open',
    '[a](javascript:alert(1))',
    '[a] (b)',
    '<b>x</b>',
    '5 ~ 6',
  ])('leaves %j as it is', (value) => expect(parseInline(value)).toEqual([text(value)]));
  it('takes what is escaped as it is, and breaks lines where told to', () => {
    expect(parseInline('\\*a\\* b  \nc\nd\\\ne')).toEqual([
      text('*a* b  '),
      { kind: 'break' },
      text('c d'),
      { kind: 'break' },
      text('e'),
    ]);
  });
  it('shows of an image its words, and fetches nothing', () => {
    expect(parseInline('![a chart](https://evil.org/x.png)')).toEqual([
      { kind: 'link', href: 'https://evil.org/x.png', children: [text('a chart')] },
    ]);
  });
  it('ends in time whatever it is given', () => {
    const began = performance.now();
    for (const evil of [
      '*'.repeat(20_000),
      '[('.repeat(10_000),
      '`'.repeat(19_999),
      '_a'.repeat(10_000),
      '![](http://'.repeat(4000),
    ])
      parseInline(evil);
    for (const evil of ['> '.repeat(5000), '- '.repeat(5000), '|-'.repeat(5000), '#'.repeat(20_000)])
      parseMarkdown(evil);
    expect(performance.now() - began).toBeLessThan(8000);
  });
});

describe('parseMarkdown', () => {
  const kinds = (value: string) => parseMarkdown(value).map((block) => block.kind);
  it('tells blocks apart', () => {
    expect(
      kinds(
        '# One\ntext\nmore\n\n> quote\n> on\n\n- a\n- b\n\n1. c\n\n---\n\n```py\nx = 1\n```\n\n|a|b|\n|-|-:|\n|1|2|',
      ),
    ).toEqual(['heading', 'paragraph', 'quote', 'list', 'list', 'rule', 'code', 'table']);
  });
  it('nests lists, and knows tasks', () => {
    const [list] = parseMarkdown('- a\n  - b\n  - c\n- [x] d\n- [ ] e');
    expect(list).toMatchObject({
      kind: 'list',
      start: null,
      items: [
        { done: null, blocks: [{ kind: 'paragraph' }, { kind: 'list', items: [{}, {}] }] },
        { done: true },
        { done: false },
      ],
    });
  });
  it('begins a numbered list at its number', () => {
    expect(parseMarkdown('3. c\n4. d')).toMatchObject([{ kind: 'list', start: 3, items: [{}, {}] }]);
  });
  it('keeps code as it is, also when nobody closes it', () => {
    expect(parseMarkdown('```\n<script>\n# no\n')).toEqual([{ kind: 'code', language: '', text: '<script>\n# no\n' }]);
  });
  it('reads a table with its alignment; cells that miss are empty', () => {
    expect(parseMarkdown('| a | b \\| c |\n|:--|--:|\n| 1 |')).toEqual([
      {
        kind: 'table',
        head: [[text('a')], [text('b | c')]],
        align: ['left', 'right'],
        rows: [[[text('1')], []]],
      },
    ]);
  });
  it('takes HTML for text', () => {
    expect(parseMarkdown('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'paragraph', content: [text('<img src=x onerror=alert(1)>')] },
    ]);
  });
});
