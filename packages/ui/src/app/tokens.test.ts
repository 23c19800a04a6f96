import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Relative luminance and contrast ratio of WCAG 2.2. */
const luminance = (hex: string) => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string, theme: 'light' | 'dark') => {
  const [low, high] = [luminance(tokens.get(a)?.[theme] ?? ''), luminance(tokens.get(b)?.[theme] ?? '')].sort(
    (x, y) => x - y,
  ) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
const texts: [string, string][] = [
  ...['ink', 'muted', 'faint', 'accent', 'good', 'warn', 'bad', 'info'].flatMap((text) =>
    grounds.map((ground): [string, string] => [text, ground]),
  ),
  ...['good', 'warn', 'bad', 'info', 'accent'].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    ['ink', `${tone}-soft`],
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
];
const graphics: [string, string][] = [
  ...[...Array(10).keys()].map((index): [string, string] => [`series-${index + 1}`, 'surface']),
  ['reference', 'surface'],
  ['line-strong', 'surface'],
  ['line-strong', 'canvas'],
];

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  it.each(texts)('shows text in %s on %s with a contrast of at least 4.5', (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(graphics)('shows graphics in %s on %s with a contrast of at least 3', (colour, ground) => {
    expect(contrast(colour, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});
