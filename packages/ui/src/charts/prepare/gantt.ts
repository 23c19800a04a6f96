import { formatDuration } from '../../ui/format.ts';
import type { Described } from './chart.ts';

export interface GanttInput {
  id: string;
  label: string;
  state: string;
  startedAt: number | null;
  endedAt: number | null;
}
export interface PreparedGantt extends Described {
  totalMs: number;
  bars: { id: string; label: string; state: string; from: number; to: number; text: string; open: boolean }[];
  ticks: { at: number; label: string }[];
}
const steps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000,
  21_600_000, 86_400_000,
];

/** Bars on an axis from 0 (the first start) to 1 (the last end, or now while something runs). */
export const prepareGantt = (input: readonly GanttInput[], clockNow: number): PreparedGantt => {
  const starts = input.flatMap((row) => row.startedAt ?? []);
  // The clock of the reader may be behind that of the server.
  const now = Math.max(clockNow, ...starts);
  const start = starts.length > 0 ? Math.min(...starts) : now;
  const end = Math.max(start + 1, ...input.flatMap((row) => (row.startedAt === null ? [] : [row.endedAt ?? now])));
  const totalMs = end - start;
  const bars = input.map((row) => {
    const open = row.startedAt !== null && row.endedAt === null;
    return {
      id: row.id,
      label: row.label,
      state: row.state,
      open,
      from: row.startedAt === null ? 0 : (row.startedAt - start) / totalMs,
      to: row.startedAt === null ? 0 : ((row.endedAt ?? now) - start) / totalMs,
      text: row.startedAt === null ? '' : formatDuration((row.endedAt ?? now) - row.startedAt),
    };
  });
  const step = steps.find((ms) => totalMs / ms <= 6) ?? totalMs;
  const ticks = Array.from({ length: Math.floor(totalMs / step) + 1 }, (_none, index) => ({
    at: (index * step) / totalMs,
    label: index === 0 ? '0' : formatDuration(index * step),
  }));
  const longest = [...bars].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  return {
    totalMs,
    bars,
    ticks,
    note: null,
    sentence:
      starts.length === 0
        ? 'Nothing has started yet.'
        : `${starts.length} of ${input.length} steps started, over ${formatDuration(totalMs)} in all${longest ? `; ${longest.label} took longest with ${longest.text}` : ''}.`,
    table: {
      head: ['Step', 'State', 'Begins after', 'Took'],
      rows: bars.map((bar, index) => [
        bar.label,
        bar.state,
        input[index]?.startedAt === null ? '–' : formatDuration(bar.from * totalMs),
        bar.text || '–',
      ]),
    },
  };
};
