import { type Report, type ReportBlock, getReportRevision, listReportRevisions } from '@millwright/contract';
import { useState } from 'react';
import { useRead } from '../../../api/queries.ts';
import { useProject } from '../../../app/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatInstant } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { LiveBlock } from './document.tsx';

interface Props {
  report: Report;
  /** Makes what it was what it is; null: the reader may not write. */
  onTake: ((content: { title: string; blocks: readonly ReportBlock[] }) => void) | null;
  onClose: () => void;
}

const Revision = ({ report, revision, onTake, onClose }: Props & { revision: number }) => {
  const read = useRead(getReportRevision, {
    params: { project: useProject(), report: report.id, revision: String(revision) },
  });
  return (
    <Loaded query={read} height={240}>
      {(was) => (
        <>
          <div className="mb-4 flex items-center gap-2">
            <h3 className="flex-1 text-lg font-semibold">{was.title}</h3>
            {onTake && revision !== report.revision ? (
              <Button
                tone="primary"
                onClick={() => {
                  onTake(was);
                  onClose();
                }}
              >
                Make it this again
              </Button>
            ) : null}
          </div>
          <div className="flex flex-col gap-5">
            {was.blocks.map((block) => (
              <LiveBlock key={block.id} block={block} />
            ))}
          </div>
        </>
      )}
    </Loaded>
  );
};

/** What a report was before, and a way back to it. */
export const RevisionsDialog = (props: Props) => {
  const { report, onClose } = props;
  const [chosen, setChosen] = useState(report.revision);
  const revisions = useRead(listReportRevisions, { params: { project: useProject(), report: report.id } });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Revisions"
      description="What one author saves within ten minutes is one."
    >
      <div className="grid gap-4 sm:grid-cols-[13rem_minmax(0,1fr)]">
        <Loaded query={revisions} height={240}>
          {(data) => (
            <ul aria-label="Revisions" className="flex max-h-[60vh] flex-col gap-1 overflow-y-auto">
              {data.items.map((one) => (
                <li key={one.revision}>
                  <button
                    type="button"
                    aria-pressed={one.revision === chosen}
                    onClick={() => setChosen(one.revision)}
                    className="w-full rounded-md px-2 py-1 text-left hover:bg-hover aria-pressed:bg-accent-soft"
                  >
                    <span className="block font-medium">
                      Revision {one.revision}
                      {one.revision === report.revision ? ', now' : ''}
                    </span>
                    <span className="block text-xs text-muted">
                      {one.by}, {formatInstant(one.at)}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        <div className="min-w-0">
          <Revision key={chosen} {...props} revision={chosen} />
        </div>
      </div>
    </Dialog>
  );
};
