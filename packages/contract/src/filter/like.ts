/** One place of a pattern: any run of characters, any one character, or one of some characters. */
export type PatternPart = 'run' | 'one' | readonly string[];

/**
 * The spellings of a letter that count as the same without regard to case: itself, its lower and its upper case, where
 * these are one character. Ascii letters have no others, so that databases may fold those by themselves.
 */
const variantsOf = (character: string): string[] => {
  const isOne = (text: string): boolean => [...text].length === 1;
  return [...new Set([character, character.toLowerCase(), character.toUpperCase()])].filter(isOne);
};

const literals = (text: string, ignoreCase: boolean): readonly string[][] =>
  [...text].map((character) => (ignoreCase ? variantsOf(character) : [character]));

/** `%` is any run of characters, also none; `_` any one; everything else stands for itself, also a backslash. */
export const likeParts = (pattern: string, ignoreCase: boolean): PatternPart[] =>
  pattern
    .replaceAll(/%+/g, '%')
    .split(/([%_])/)
    .flatMap((piece): readonly PatternPart[] =>
      piece === '%' ? ['run'] : piece === '_' ? ['one'] : literals(piece, ignoreCase),
    );

/** The pattern of `~`: the text somewhere, in any case. */
export const containsParts = (text: string): PatternPart[] => ['run', ...literals(text, true), 'run'];

/** Whether a whole text fits. Takes length x parts steps at worst: only the last run is ever tried again. */
export const matchesParts = (parts: readonly PatternPart[], text: string): boolean => {
  const characters = [...text];
  let part = 0;
  let at = 0;
  let runPart = -1;
  let runAt = 0;
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted === 'run') {
      runPart = part;
      runAt = at;
      part += 1;
    } else if (wanted !== undefined && (wanted === 'one' || wanted.includes(characters[at] as string))) {
      part += 1;
      at += 1;
    } else if (runPart >= 0) {
      runAt += 1;
      at = runAt;
      part = runPart + 1;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === 'run');
};
