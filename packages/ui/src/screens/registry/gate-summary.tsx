import type { Evaluation } from '@millwright/contract';
import { ObjectLink } from '../../app/links.tsx';
import { Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';

interface Props {
  evaluationId: string | null;
  evaluation: Evaluation | undefined;
  error: unknown;
  onRetry: () => void;
}
const stateOf = (result: Evaluation['gate']['results'][number]) =>
  result.skipped ? 'skipped' : result.passed ? 'passed' : 'failed';

/** The verdict and each condition in words; the whole report is a link away. */
export const GateSummary = ({ evaluationId, evaluation, error, onRetry }: Props) => (
  <Card
    title="Gate"
    aside={
      evaluationId ? (
        <ObjectLink
          type="evaluation"
          id={evaluationId}
          className="inline-flex min-h-6 items-center text-xs text-accent hover:underline"
        >
          Whole report
        </ObjectLink>
      ) : null
    }
  >
    {evaluationId === null ? (
      <p className="text-muted">This version was registered without an evaluation.</p>
    ) : error ? (
      <ErrorState error={error} onRetry={onRetry} />
    ) : !evaluation ? (
      <Loading>
        <Skeleton className="h-20 w-full" />
      </Loading>
    ) : (
      <>
        <p className="flex flex-wrap items-center gap-2">
          <Status state={evaluation.gate.verdict} />
          <span className="text-muted">
            {evaluation.gate.results.filter((result) => result.passed && !result.skipped).length} of{' '}
            {evaluation.gate.results.filter((result) => !result.skipped).length} conditions are met, over{' '}
            {evaluation.rows.toLocaleString('en-US')} rows of the hold-out.
          </span>
        </p>
        <ul className="mt-2 flex flex-col gap-1">
          {evaluation.gate.results.map((result, index) => (
            <li key={index} className="flex items-baseline gap-2">
              <Status state={stateOf(result)} quiet />
              <span className="min-w-0 break-words">{result.message}</span>
            </li>
          ))}
        </ul>
      </>
    )}
  </Card>
);
