/** Tags as lines of `key=value`, to be written by hand. */
export const writeTags = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');

export const readTags = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );

/** What turns some tags into those of a text; null removes one. */
export const tagChanges = (before: Readonly<Record<string, string>>, text: string): Record<string, string | null> => {
  const after = readTags(text);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
};
