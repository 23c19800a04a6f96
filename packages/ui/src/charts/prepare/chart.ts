/** What every chart has besides its drawing: the same facts as a sentence and as a table. */
export interface Described {
  sentence: string;
  table: { head: readonly string[]; rows: readonly (readonly string[])[] };
  /** "12 of 40 series", when not all are drawn. */
  note: string | null;
}
export const capNote = (shown: number, total: number, what: string): string | null =>
  shown < total ? `${shown} of ${total} ${what}` : null;

export const listed = (words: readonly string[]): string =>
  words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
