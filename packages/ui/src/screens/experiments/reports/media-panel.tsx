import type { PanelData, ShownMedia } from '@millwright/contract';
import { ObjectLink } from '../../../app/links.tsx';
import { ShortId } from '../../../ui/code.tsx';
import { CellTable } from '../cell-table.tsx';
import { readFrame } from '../context/media-items.ts';

const rowsShown = 100;

const Shown = ({ item }: { item: ShownMedia }) => {
  if (item.kind === 'left-out') return <p className="text-muted">{item.reason}</p>;
  const label = `${item.path} of ${item.runName}`;
  if (item.kind === 'image')
    return (
      <img
        src={`data:${item.mediaType};base64,${item.base64}`}
        alt={label}
        className="max-w-full rounded-md border border-line bg-white"
      />
    );
  const rows = item.kind === 'table' ? readFrame(item.text) : null;
  if (rows !== null)
    return (
      <>
        <CellTable rows={rows.slice(0, rowsShown + 1)} label={label} />
        {rows.length > rowsShown + 1 ? (
          <p className="mt-1 text-xs text-faint">
            {rowsShown} of {rows.length - 1} rows
          </p>
        ) : null}
      </>
    );
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      className="max-h-96 overflow-auto rounded border border-line bg-sunken p-2 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
    >
      {item.text}
    </pre>
  );
};

/** What runs logged under a name, side by side; of each the digest of what is shown. */
export const MediaPanel = ({
  data: { items, runs },
  linked,
}: {
  data: Extract<PanelData, { kind: 'media' }>;
  linked: boolean;
}) => {
  if (items.length === 0)
    return (
      <p className="text-muted">
        {runs === 0 ? 'No run is chosen by this.' : `None of the ${runs} runs logged anything of this name.`}
      </p>
    );
  return (
    <ul className="grid gap-4 sm:grid-cols-2">
      {items.map((item) => (
        <li key={item.runId} className="min-w-0 break-inside-avoid">
          <p className="mb-1 flex flex-wrap items-center gap-x-2 text-sm">
            {linked ? (
              <ObjectLink type="run" id={item.runId}>
                {item.runName || item.runId.slice(-8)}
              </ObjectLink>
            ) : (
              <span className="font-medium">{item.runName || item.runId.slice(-8)}</span>
            )}
            <span className="text-muted">step {item.step}</span>
            <ShortId value={item.digest} />
          </p>
          <Shown item={item} />
        </li>
      ))}
    </ul>
  );
};
