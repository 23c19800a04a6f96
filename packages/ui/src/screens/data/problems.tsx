import { type Refusal, MillwrightError } from '@millwright/contract';
import { formatCount } from '../../ui/format.ts';

export type Problem = Refusal['problems'][number];

/** The problems an answer names, when it refused the content of a file. */
export const refusalOf = (error: unknown): { problems: Problem[]; problemCount: number } | null => {
  if (!(error instanceof MillwrightError) || !['DATA_REFUSED', 'CHECKS_FAILED'].includes(error.code)) return null;
  const { problems, problemCount } = error.extra as { problems?: Partial<Problem>[]; problemCount?: number };
  const list = (problems ?? []).map(({ line = null, column = null, value = null, message = '' }) => ({
    line,
    column,
    value,
    message,
  }));
  return { problems: list, problemCount: problemCount ?? list.length };
};

/** Line, column and value of everything that is wrong with a file. */
export const ProblemTable = ({ problems, problemCount }: { problems: readonly Problem[]; problemCount: number }) => (
  <div>
    <div
      tabIndex={0}
      role="region"
      aria-label="Problems"
      className="max-h-72 overflow-auto rounded border border-line bg-surface"
    >
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-sunken text-left text-muted">
          <tr>
            {['Line', 'Column', 'Value', 'What is wrong'].map((head) => (
              <th key={head} scope="col" className="px-2 py-1 font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {problems.map((problem, index) => (
            <tr key={index} className="border-t border-line align-top">
              <td className="px-2 py-1 tabular-nums">{problem.line ?? '–'}</td>
              <td className="px-2 py-1 font-mono">{problem.column ?? '–'}</td>
              <td className="max-w-40 px-2 py-1 font-mono break-words">{problem.value ?? '–'}</td>
              <td className="px-2 py-1">{problem.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {problemCount > problems.length ? (
      <p className="mt-1 text-xs text-muted">
        {problems.length} of {formatCount(problemCount)} problems
      </p>
    ) : null}
  </div>
);
