import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useWidth } from '../../charts/draw/use-width.ts';

interface Props {
  keys: readonly string[];
  rowHeightPx: number;
  /** A row of charts, of which there is one per key. */
  row: (keys: readonly string[]) => ReactNode;
}

const leastWidthPx = 420;
const columnsAtMost = 3;

/** Charts side by side, as many as fit. Only those in view are there: neither drawn nor read are the thousands below. */
export const ChartGrid = ({ keys, rowHeightPx, row }: Props) => {
  const [holder, widthPx] = useWidth<HTMLDivElement>();
  const anchor = useRef<HTMLDivElement>(null);
  const [topPx, setTopPx] = useState(0);
  const columns = Math.max(1, Math.min(columnsAtMost, Math.floor(widthPx / leastWidthPx)));
  useLayoutEffect(() => {
    setTopPx((anchor.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, [widthPx]);
  const rows = useWindowVirtualizer({
    count: Math.ceil(keys.length / columns),
    estimateSize: () => rowHeightPx,
    overscan: 1,
    scrollMargin: topPx,
  });
  return (
    <div ref={anchor}>
      <div ref={holder} className="relative" style={{ height: rows.getTotalSize() }}>
        {widthPx === 0
          ? null
          : rows.getVirtualItems().map((item) => (
              <div
                key={item.index}
                className="absolute inset-x-0 top-0 grid gap-x-5"
                style={{
                  height: rowHeightPx,
                  transform: `translateY(${item.start - topPx}px)`,
                  gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                }}
              >
                {row(keys.slice(item.index * columns, (item.index + 1) * columns))}
              </div>
            ))}
      </div>
    </div>
  );
};
