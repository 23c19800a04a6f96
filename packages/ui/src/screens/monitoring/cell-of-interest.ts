import type { Window } from '@millwright/contract';

/** What to look at first: the strongest drift of the newest window with a confirmed one, else with any, else of the newest. */
export const cellOfInterest = (windows: readonly Window[]): { windowId: string; column: string } | null => {
  const newestFirst = [...windows].sort((a, b) => b.number - a.number);
  const window =
    newestFirst.find((one) => one.columns.some((column) => column.confirmed)) ??
    newestFirst.find((one) => one.columns.some((column) => column.drifted)) ??
    newestFirst[0];
  const rank = (column: Window['columns'][number]) =>
    (column.confirmed ? 2e9 : column.drifted ? 1e9 : 0) + (column.effect ?? -1);
  const column = [...(window?.columns ?? [])].sort((a, b) => rank(b) - rank(a))[0];
  return window && column ? { windowId: window.id, column: column.column } : null;
};
