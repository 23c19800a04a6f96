import { Trash2 } from 'lucide-react';
import { RelativeTime } from '../../ui/time.tsx';

/** Says above a page that what it shows is in the trash. */
export const TrashNote = ({ what, since }: { what: string; since: number | null }) =>
  since === null ? null : (
    <p role="note" className="mb-3 flex items-center gap-2 rounded-lg border border-warn/40 bg-warn-soft px-3 py-2">
      <Trash2 aria-hidden size={15} className="shrink-0 text-warn" />
      <span>
        {what} is in the trash since <RelativeTime at={since} />. Nothing can be logged to it until it is restored.
      </span>
    </p>
  );
