import type uPlot from 'uplot';
import { type PreparedSeries, formatUnit, formatX } from '../prepare/series.ts';

/** The values under the crosshair, in a box that stays inside the chart. */
export const valueBox = (latest: () => PreparedSeries): uPlot.Plugin => {
  const box = document.createElement('div');
  box.className = 'popup pointer-events-none absolute z-10 hidden px-2 py-1 text-xs tabular-nums whitespace-nowrap';
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const prepared = latest();
        const { idx, left = -1, top = 0 } = plot.cursor;
        const x = idx === null || idx === undefined ? undefined : prepared.xs[idx];
        box.classList.toggle('hidden', x === undefined || left < 0);
        if (x === undefined || idx === null || idx === undefined) return;
        const there = prepared.lines.filter((line) => line.ys[idx] !== undefined);
        const rows = there.slice(0, 14).map((line) => {
          const row = document.createElement('div');
          const dot = document.createElement('span');
          dot.className = 'mr-1.5 inline-block size-2 rounded-full';
          dot.style.background = line.colour;
          row.append(dot, `${line.label}: ${formatUnit(prepared.unit, line.ys[idx] ?? null)}`);
          return row;
        });
        const head = document.createElement('div');
        head.className = 'text-muted';
        head.textContent = formatX(prepared.xKind, x);
        box.replaceChildren(head, ...rows);
        const room = plot.over.clientWidth;
        box.style.left = `${left > room / 2 ? Math.max(0, left - box.offsetWidth - 12) : left + 12}px`;
        box.style.top = `${Math.min(Math.max(0, top - 20), Math.max(0, plot.over.clientHeight - box.offsetHeight))}px`;
      },
    },
  };
};
