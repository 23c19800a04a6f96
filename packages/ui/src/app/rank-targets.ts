/** How well a name fits: 0 begins with the text, 1 a word of it does, 2 contains it, 3 has its letters in order; null not at all. */
const fit = (name: string, text: string): number | null => {
  const low = name.toLowerCase();
  if (low.startsWith(text)) return 0;
  const at = low.indexOf(text);
  if (at > 0) return /[\p{L}\p{N}]/u.test(low.charAt(at - 1)) ? 2 : 1;
  let from = 0;
  for (const letter of text) {
    const next = low.indexOf(letter, from);
    if (next < 0) return null;
    from = next + 1;
  }
  return 3;
};

/** The targets whose name fits, best first; those that fit equally well keep their order. */
export const rankTargets = <T extends { name: string }>(targets: readonly T[], text: string): T[] => {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...targets];
  return targets
    .map((target) => ({ target, rank: fit(target.name, wanted) }))
    .filter((entry): entry is { target: T; rank: number } => entry.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.target);
};
