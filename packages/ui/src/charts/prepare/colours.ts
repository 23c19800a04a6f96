const paletteSize = 10;
/** Places 1 and 2 belong to the roles below. */
const firstFree = 3;
const freeSize = paletteSize - firstFree + 1;
/** Roles that mean the same everywhere have a colour of their own, which nobody else gets. */
const fixed: Record<string, number> = { champion: 1, challenger: 2, current: 1 };
const assigned = new Map<string, number>();

/** FNV-1a: spreads names over the palette without regard to their order. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};

/**
 * The colour of an entity, as a CSS variable: the same in every chart as long as the page lives. Names start at the
 * place their hash gives and move on to one that is used least.
 */
export const colourOf = (entity: string): string => {
  if (entity === 'reference') return 'var(--reference)';
  let slot = fixed[entity] ?? assigned.get(entity);
  if (slot === undefined) {
    const uses = new Array<number>(freeSize).fill(0);
    for (const used of assigned.values()) uses[used - firstFree] = (uses[used - firstFree] ?? 0) + 1;
    const least = Math.min(...uses);
    const start = hash(entity) % freeSize;
    const free = Array.from({ length: freeSize }, (_none, step) => (start + step) % freeSize).find(
      (index) => uses[index] === least,
    );
    slot = (free ?? start) + firstFree;
    assigned.set(entity, slot);
  }
  return `var(--series-${slot})`;
};
