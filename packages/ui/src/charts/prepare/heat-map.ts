import type { Window } from '@millwright/contract';
import { formatNumber } from '../../ui/format.ts';
import { type Described, capNote, listed } from './chart.ts';

export interface HeatCell {
  windowId: string;
  windowNumber: number;
  /** null: nothing was measured, e.g. too few rows. */
  effect: number | null;
  /** 0 to 1 of the strongest effect. */
  strength: number;
  drifted: boolean;
  confirmed: boolean;
}
export interface PreparedHeatMap extends Described {
  windows: { id: string; number: number; modelVersion: number; startAt: number }[];
  features: { name: string; impact: number; cells: HeatCell[] }[];
}
const maxFeatures = 40;

/** Features by windows, oldest window at the left, the feature with the greatest impact (mean effect, drifted windows twice) on top. */
export const prepareHeatMap = (input: readonly Window[], limit = maxFeatures): PreparedHeatMap => {
  const windows = [...input].sort((a, b) => a.number - b.number);
  const names = [...new Set(windows.flatMap((window) => window.columns.map((column) => column.column)))];
  const strongest = Math.max(1e-9, ...windows.flatMap((window) => window.columns.map((column) => column.effect ?? 0)));
  const all = names.map((name) => {
    const cells = windows.map((window): HeatCell => {
      const column = window.columns.find((one) => one.column === name);
      const effect = column?.effect ?? null;
      return {
        windowId: window.id,
        windowNumber: window.number,
        effect,
        strength: effect === null ? 0 : effect / strongest,
        drifted: column?.drifted ?? false,
        confirmed: column?.confirmed ?? false,
      };
    });
    const impact =
      cells.reduce((sum, cell) => sum + (cell.effect ?? 0) * (cell.drifted ? 2 : 1), 0) / Math.max(1, cells.length);
    return { name, impact, cells };
  });
  const features = all.sort((a, b) => b.impact - a.impact || a.name.localeCompare(b.name)).slice(0, limit);
  const drifting = features.filter((feature) => feature.cells.at(-1)?.confirmed).map((feature) => feature.name);
  const last = windows.at(-1);
  return {
    windows: windows.map(({ id, number, modelVersion, startAt }) => ({ id, number, modelVersion, startAt })),
    features,
    note: capNote(features.length, names.length, 'features'),
    sentence: last
      ? `Drift of ${features.length} features over ${windows.length} windows. In window ${last.number} ${drifting.length === 0 ? 'no feature drifts' : `${listed(drifting.slice(0, 6))} ${drifting.length === 1 ? 'drifts' : 'drift'}`}.`
      : 'No window was closed yet.',
    table: {
      head: ['Feature', ...windows.map((window) => `Window ${window.number}`)],
      rows: features.map((feature) => [
        feature.name,
        ...feature.cells.map(
          (cell) => `${formatNumber(cell.effect)}${cell.confirmed ? ' confirmed' : cell.drifted ? ' drifted' : ''}`,
        ),
      ]),
    },
  };
};
