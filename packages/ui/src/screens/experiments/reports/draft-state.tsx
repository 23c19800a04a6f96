import { type Report, getReport } from '@millwright/contract';
import { CircleAlert, CircleCheck, LoaderCircle, PencilLine } from 'lucide-react';
import { client } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorState } from '../../../ui/states.tsx';
import type { Draft, DraftStore } from './draft.ts';

const words: Record<Draft['state'], string> = {
  saved: 'Saved',
  changed: 'Changed',
  saving: 'Saving',
  stale: 'Not saved: somebody else changed it',
  failed: 'Not saved',
};
const icons = {
  saved: CircleCheck,
  changed: PencilLine,
  saving: LoaderCircle,
  stale: CircleAlert,
  failed: CircleAlert,
};

export const DraftMark = ({ state }: { state: Draft['state'] }) => {
  const Icon = icons[state];
  const bad = state === 'stale' || state === 'failed';
  return (
    <span role="status" className={`inline-flex items-center gap-1 text-xs ${bad ? 'text-bad' : 'text-muted'}`}>
      <Icon aria-hidden size={13} className={state === 'saving' ? 'motion-safe:animate-spin' : ''} />
      {words[state]}
    </span>
  );
};

/** What to do when one's own text could not be saved; nothing of it is lost meanwhile. */
export const DraftProblem = ({
  draft,
  store,
  id,
  project,
}: {
  draft: Draft;
  store: DraftStore;
  id: string;
  project: string;
}) => {
  const read = (): Promise<Report> => client.call(getReport, { params: { project, report: id } });
  if (draft.state === 'failed')
    return (
      <div className="mb-3">
        <ErrorState error={draft.error} onRetry={() => void store.flush()} />
      </div>
    );
  if (draft.state !== 'stale') return null;
  return (
    <div
      role="alert"
      className="mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-warn/50 bg-warn-soft p-3"
    >
      <p className="min-w-0 flex-1 basis-80">
        Somebody else saved this report while you were writing. Your text is still here, and nothing was overwritten.
      </p>
      <Button onClick={() => void read().then((report) => store.takeTheirs(report))}>Take theirs</Button>
      <Button tone="primary" onClick={() => void read().then((report) => store.keepMine(report.revision))}>
        Save mine over it
      </Button>
    </div>
  );
};
