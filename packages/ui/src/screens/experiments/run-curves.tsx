import type { Run } from '@millwright/contract';
import { useMemo } from 'react';
import { EmptyState } from '../../ui/states.tsx';
import { Curve, CurveForm } from './curves.tsx';

/** A curve per metric of one run. */
const RunCurves = ({ run }: { run: Run }) => {
  const runs = useMemo(() => [run], [run]);
  // Those that have a course first; a metric of one point is a dot.
  const keys = Object.keys(run.metrics).sort(
    (a, b) => Number(run.metrics[a]?.points === 1) - Number(run.metrics[b]?.points === 1),
  );
  if (keys.length === 0)
    return (
      <EmptyState
        title="No metric was logged yet"
        text={run.status === 'running' ? 'Curves appear here while the run goes on.' : 'This run ended without one.'}
      />
    );
  return (
    <>
      <CurveForm />
      <div className="grid gap-5 xl:grid-cols-2">
        {keys.map((key) => (
          <Curve key={key} metric={key} runs={runs} />
        ))}
      </div>
    </>
  );
};
export default RunCurves;
