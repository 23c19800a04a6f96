import type { FrozenReport } from '@millwright/contract';
import { Snowflake } from 'lucide-react';
import { ShortId } from '../../../ui/code.tsx';
import { formatInstant } from '../../../ui/format.ts';

/** When a copy was frozen, by whom, and how to see that it was not changed. */
export const FrozenFacts = ({ content, digest }: { content: FrozenReport; digest: string }) => (
  <>
    <span className="inline-flex items-center gap-1">
      <Snowflake aria-hidden size={13} />
      Frozen {formatInstant(content.frozenAt)} by {content.frozenBy}
    </span>
    <span>·</span>
    <span className="inline-flex items-center gap-1">
      sha256 <ShortId value={digest} />
    </span>
  </>
);
