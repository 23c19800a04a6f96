import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { formatNumber } from '../../ui/format.ts';
import type { HeatCell, PreparedHeatMap } from '../prepare/heat-map.ts';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

interface Props {
  title: string;
  prepared: PreparedHeatMap;
  /** A cell was chosen: show what is behind it. */
  onChoose?: (windowId: string, feature: string) => void;
  chosen?: { windowId: string; feature: string } | null;
}
const [wideName, narrowName] = [150, 90];
const cellHeight = 24;

const wordOf = (feature: string, cell: HeatCell) =>
  `${feature}, window ${cell.windowNumber}: ${cell.effect === null ? 'not measured' : `effect ${formatNumber(cell.effect)}`}${cell.confirmed ? ', drift confirmed' : cell.drifted ? ', drifted' : ''}`;

/** Features by windows. Depth of colour is the effect, a dot says drifted, a filled diamond confirmed: never colour alone. */
export const HeatMap = ({ title, prepared, onChoose, chosen }: Props) => {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [active, setActive] = useState<[number, number]>([0, Math.max(0, prepared.windows.length - 1)]);
  const grid = useRef<HTMLDivElement>(null);
  const nameWidth = width > 480 ? wideName : narrowName;
  const cellWidth = Math.max(24, Math.min(48, (width - nameWidth - 2) / Math.max(1, prepared.windows.length)));
  const hiddenWidth = Math.max(0, nameWidth + cellWidth * prepared.windows.length - width);
  // The newest windows are at the right end.
  useLayoutEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up of an effect.
    void holder.current?.scrollTo({ left: Math.ceil(hiddenWidth) });
  }, [holder, hiddenWidth]);
  const [activeRow, activeColumn] = active;
  const onKey = (event: KeyboardEvent) => {
    const by: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = by[event.key];
    if (!step) return;
    event.preventDefault();
    const next: [number, number] = [
      Math.max(0, Math.min(prepared.features.length - 1, activeRow + step[0])),
      Math.max(0, Math.min(prepared.windows.length - 1, activeColumn + step[1])),
    ];
    setActive(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${next.join()}"]`)?.focus();
  };
  return (
    <ChartFrame title={title} prepared={prepared} height={400} legend={[]}>
      <div ref={holder} className="overflow-x-auto pb-1">
        <div ref={grid} role="grid" tabIndex={-1} aria-label={title} onKeyDown={onKey} className="w-max text-xs">
          {prepared.features.map((feature, row) => (
            <div key={feature.name} role="row" className="flex">
              <div
                role="rowheader"
                className="sticky left-0 z-[1] flex items-center truncate bg-surface pr-2 text-muted"
                style={{ width: nameWidth, height: cellHeight }}
                title={feature.name}
              >
                <span className="truncate">{feature.name}</span>
              </div>
              {feature.cells.map((cell, column) => {
                const selected = chosen?.feature === feature.name && chosen.windowId === cell.windowId;
                return (
                  <div
                    key={cell.windowId}
                    role="gridcell"
                    style={{ width: cellWidth, height: cellHeight }}
                    className="p-px"
                  >
                    <button
                      type="button"
                      data-at={`${row},${column}`}
                      tabIndex={row === activeRow && column === activeColumn ? 0 : -1}
                      aria-label={wordOf(feature.name, cell)}
                      aria-pressed={selected}
                      title={wordOf(feature.name, cell)}
                      onFocus={() => setActive([row, column])}
                      onClick={() => onChoose?.(cell.windowId, feature.name)}
                      className={`grid h-full w-full place-items-center rounded-sm border text-2xs leading-none ${selected ? 'border-ink' : 'border-transparent'}`}
                      style={{
                        background:
                          cell.effect === null
                            ? 'transparent'
                            : `color-mix(in oklab, ${cell.drifted ? 'var(--bad)' : 'var(--info)'} ${Math.round(8 + cell.strength * 72)}%, var(--surface))`,
                      }}
                    >
                      <span
                        aria-hidden
                        className="grid size-3.5 place-items-center rounded-full bg-surface text-ink empty:hidden"
                      >
                        {cell.confirmed ? '◆' : cell.drifted ? '•' : ''}
                      </span>
                    </button>
                  </div>
                );
              })}
            </div>
          ))}
          <div aria-hidden className="flex text-2xs text-muted" style={{ paddingLeft: nameWidth }}>
            {prepared.windows.map((window, index) => (
              <div key={window.id} className="text-center" style={{ width: cellWidth }}>
                {index % Math.ceil(28 / cellWidth) === 0 ? window.number : ''}
              </div>
            ))}
          </div>
        </div>
      </div>
      <p className="mt-1 text-xs text-muted">
        Deeper is stronger. • drifted, ◆ confirmed, empty not measured. Numbers below are windows.
      </p>
    </ChartFrame>
  );
};
