/** The ids of the rows that are selected. */
export type Selection = ReadonlySet<string>;
export const noSelection: Selection = new Set();

/** With ids added, or without them. */
export const withIds = (selection: Selection, ids: readonly string[], isOn: boolean): Selection => {
  const next = new Set(selection);
  for (const id of ids) {
    if (isOn) next.add(id);
    else next.delete(id);
  }
  return next;
};

/** What a click with the shift key means: all between the row clicked last and this one become like this one. */
export const withRange = (
  selection: Selection,
  idAt: (index: number) => string | undefined,
  range: { from: number; to: number },
): Selection => {
  const clicked = idAt(range.to);
  if (clicked === undefined) return selection;
  const [low, high] = [Math.min(range.from, range.to), Math.max(range.from, range.to)];
  const ids = Array.from({ length: high - low + 1 }, (_none, at) => idAt(low + at)).filter((id) => id !== undefined);
  return withIds(selection, ids, !selection.has(clicked));
};
