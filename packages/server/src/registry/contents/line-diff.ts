import type { ComparedFile } from '@millwright/contract';

type Line = NonNullable<ComparedFile['lines']>[number];

/** Longer texts would cost more than they tell. */
const maxLines = 2000;
const context = 3;

/** Longest common subsequence of what lies between the common beginning and end. */
const middle = (before: readonly string[], after: readonly string[]): Line[] => {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--)
      lengths[a * width + b] =
        before[a] === after[b]
          ? lengths[(a + 1) * width + b + 1]! + 1
          : Math.max(lengths[(a + 1) * width + b]!, lengths[a * width + b + 1]!);
  const lines: Line[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    if (a < before.length && b < after.length && before[a] === after[b]) {
      lines.push({ difference: 'same', text: before[a++]! });
      b += 1;
    } else if (b >= after.length || (a < before.length && lengths[(a + 1) * width + b]! >= lengths[a * width + b + 1]!))
      lines.push({ difference: 'removed', text: before[a++]! });
    else lines.push({ difference: 'added', text: after[b++]! });
  }
  return lines;
};

/** Unchanged lines far from every change become one gap. */
const shortened = (lines: readonly Line[]): Line[] => {
  const near = new Set<number>();
  lines.forEach(({ difference }, at) => {
    if (difference !== 'same') for (let n = at - context; n <= at + context; n++) near.add(n);
  });
  const shown: Line[] = [];
  lines.forEach((line, at) => {
    if (near.has(at)) shown.push(line);
    else if (shown.at(-1)?.difference !== 'gap') shown.push({ difference: 'gap', text: '' });
  });
  return shown;
};

/** The lines of two texts against each other; null where they are too long for that. */
export const diffLines = (before: string, after: string): Line[] | null => {
  const [a, b] = [before.split('\n'), after.split('\n')];
  if (a.length > maxLines || b.length > maxLines) return null;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ difference: 'same', text }));
  return shortened([
    ...same(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ]);
};
