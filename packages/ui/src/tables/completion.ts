/** Start and end of the key (words joined by dots) the caret stands in. */
export const wordAt = (text: string, caret: number): [start: number, end: number] => {
  const before = /[\p{L}\p{N}_.`/-]*$/u.exec(text.slice(0, caret))?.[0] ?? '';
  const after = /^[\p{L}\p{N}_.`/-]*/u.exec(text.slice(caret))?.[0] ?? '';
  return [caret - before.length, caret + after.length];
};

/** A key as the grammar wants it: parts that are not plain words stand in back quotes. */
export const quoteKey = (key: string): string =>
  key.split('.').every((part) => /^[\p{L}\p{N}_/-]+$/u.test(part))
    ? key
    : key.replace(
        /^([a-zA-Z]+\.)?(.*)$/s,
        (_all, head: string | undefined, rest: string) => `${head ?? ''}\`${rest.replaceAll('`', '``')}\``,
      );

/** Keys that go on from what is typed at the caret; none inside of quotes or after a complete key. */
export const complete = (text: string, caret: number, keys: readonly string[]): string[] => {
  const before = text.slice(0, caret);
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1 || (before.match(/'/g)?.length ?? 0) % 2 === 1) return [];
  const [start] = wordAt(text, caret);
  const typed = text.slice(start, caret).toLowerCase();
  if (typed === '' || /[=<>~]\s*$/.test(text.slice(0, start))) return [];
  return keys
    .map(quoteKey)
    .filter((key) => key.toLowerCase().includes(typed) && key.toLowerCase() !== typed)
    .slice(0, 10);
};
