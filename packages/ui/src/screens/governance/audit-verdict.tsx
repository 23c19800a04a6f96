import { verifyAudit } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';

/** Whether the chain of hashes holds, and where it does not. */
export const AuditVerdict = () => {
  const verdict = useRead(verifyAudit);
  if (verdict.error)
    return (
      <div className="mb-3">
        <ErrorState error={verdict.error} onRetry={() => void verdict.refetch()} />
      </div>
    );
  const facts = verdict.data;
  if (!facts) return <Skeleton className="mb-3 h-12 w-full" />;
  return (
    <section aria-label="Verdict" className="mb-3 rounded-lg border border-line bg-surface px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Status state={facts.intact ? 'intact' : 'broken'} />
        <span>
          {facts.intact
            ? `The chain of ${formatCount(facts.rows)} rows holds.`
            : `The chain is broken in ${facts.problems.length} places.`}
        </span>
        {facts.headHash ? (
          <span className="inline-flex items-center text-muted">
            Head {facts.headSeq} <ShortId value={facts.headHash} />
          </span>
        ) : null}
        <span className="flex-1" />
        <Button small busy={verdict.isFetching} onClick={() => void verdict.refetch()}>
          Check again
        </Button>
      </div>
      {facts.problems.length > 0 ? (
        <ul className="mt-1 list-disc pl-6">
          {facts.problems.slice(0, 20).map((problem) => (
            <li key={`${problem.seq}${problem.problem}`}>
              Row {problem.seq}: {problem.problem}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
};
