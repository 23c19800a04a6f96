import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateFilter } from './evaluate.ts';
import { parseFilter } from './parser.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/search.md'), 'utf8');
const section = (title: string): string => guide.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const now = Date.UTC(2026, 1, 20, 12);

const run = {
  name: 'resnet-50 baseline',
  status: 'failed',
  startedAt: now - 3_600_000,
  endedAt: null,
  metrics: { auc: { last: 0.95 }, loss: { last: 0.5, min: 0.01, best: 0.01, points: 1000 }, 'val loss': { last: 0.2 } },
  parameters: { lr: '5e-3' },
  tags: { team: 'risk', commit: '0a1b2c3d' },
};

describe('the guide to searching', () => {
  const examples = [...section('Examples').matchAll(/(`+)(.+?)\1(?= (?:\||or `))/g)].map(([, , filter = '']) => filter);
  it('has its examples in a table', () => {
    expect(examples.length).toBeGreaterThan(14);
  });
  it.each(examples)('has an example that is read, and finds the run it speaks of: %s', (text) => {
    const result = parseFilter(text, now);
    expect('filter' in result && evaluateFilter(result.filter, run)).toBe(true);
  });
  it('shows a problem as it is told, under the character it is about', () => {
    const [text = '', pointer = ''] = (/```\n([\s\S]*?)\n```/.exec(section('When'))?.[1] ?? '').split('\n');
    expect(parseFilter(text, now)).toEqual({
      problem: { position: pointer.indexOf('^'), message: pointer.trim().slice(2) },
    });
  });
});
