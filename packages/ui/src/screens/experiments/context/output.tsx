import type { Artifact, Run } from '@millwright/contract';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useProject } from '../../../app/location.ts';
import { Card } from '../../../ui/card.tsx';
import { Checkbox, TextField } from '../../../ui/field.tsx';
import { formatCount } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { EmptyState, Skeleton } from '../../../ui/states.tsx';
import { textOf } from '../artifact-content.ts';
import { type OutputLine, outputPieces, readOutput } from './output-lines.ts';
import { packageCommand } from './recorded-by.ts';
import { useFiles } from './use-files.ts';

const lineHeightPx = 20;
const heightPx = 560;
/** A piece is 64 KiB and a line. */
const pieceAtMostBytes = 256 * 1024;

/** Lines of all pieces; a piece that grows is read again, those before it are kept. */
const useLines = (runId: string, pieces: readonly Artifact[]): OutputLine[] | null => {
  const project = useProject();
  return useQueries({
    queries: pieces.map((artifact) => ({
      ...textOf({ project, runId, artifact }, pieceAtMostBytes),
      placeholderData: keepPreviousData,
    })),
    combine: (results) =>
      results.some((result) => result.data === undefined) ? null : results.flatMap(({ data = '' }) => readOutput(data)),
  });
};

const clock = (at: string | null): string => (at === null ? '' : at.slice(11, 19));

const Lines = ({ lines, isFollowing, hasTimes }: { lines: OutputLine[]; isFollowing: boolean; hasTimes: boolean }) => {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeightPx,
    overscan: 20,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [isFollowing, lines.length, virtual]);
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="log"
      aria-label="Output"
      className="overflow-auto bg-sunken py-1 font-mono text-xs"
      style={{ height: heightPx }}
    >
      <div className="relative min-w-max" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          return (
            <div
              key={item.index}
              className="absolute top-0 left-0 flex gap-3 px-3 whitespace-pre"
              style={{
                height: lineHeightPx,
                lineHeight: `${lineHeightPx}px`,
                transform: `translateY(${item.start}px)`,
              }}
            >
              <span aria-hidden className="w-10 shrink-0 text-right text-faint select-none">
                {item.index + 1}
              </span>
              {hasTimes ? (
                <time dateTime={line?.at ?? ''} className="shrink-0 text-faint" title={line?.at ?? ''}>
                  {clock(line?.at ?? null)}
                </time>
              ) : null}
              <span className={clsx(line?.isError && 'text-bad')}>
                {line?.isError ? <span className="sr-only">Error output: </span> : null}
                {line?.text}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
};

const Log = ({ run, pieces }: { run: Run; pieces: readonly Artifact[] }) => {
  const lines = useLines(run.id, pieces);
  const [text, setText] = useState('');
  const [isFollowing, setFollowing] = useState(run.status === 'running');
  const [hasTimes, setTimes] = useState(false);
  const found = useMemo(
    () =>
      lines && text ? lines.filter((line) => line.text.toLowerCase().includes(text.toLowerCase())) : (lines ?? []),
    [lines, text],
  );
  return (
    <Card
      flush
      title={lines ? `${formatCount(found.length)} ${found.length === 1 ? 'line' : 'lines'}` : 'Output'}
      aside={
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <div className="w-52">
            <TextField
              label="Find in the output"
              hideLabel
              type="search"
              placeholder="Find in the output"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Checkbox label="Times" checked={hasTimes} onChange={(event) => setTimes(event.target.checked)} />
          <Checkbox label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.target.checked)} />
        </div>
      }
    >
      {lines === null ? (
        <div style={{ height: heightPx }}>
          <Skeleton className="h-full w-full" />
        </div>
      ) : (
        <Lines lines={found} isFollowing={isFollowing} hasTimes={hasTimes} />
      )}
    </Card>
  );
};

/** What the program printed; while it runs, the end is followed. */
const Output = ({ run }: { run: Run }) => (
  <Loaded query={useFiles(run, true)} height={heightPx}>
    {(files) => {
      const pieces = outputPieces(files);
      return pieces.length > 0 ? (
        <Log run={run} pieces={pieces} />
      ) : (
        <EmptyState
          title={run.status === 'running' ? 'Nothing was printed yet' : 'No output was recorded'}
          text="With our Python package beside MLflow’s client, runs keep what their program prints:"
          command={packageCommand}
        />
      );
    }}
  </Loaded>
);
export default Output;
