import type { Run } from '@millwright/contract';
import { EmptyState } from '../../ui/states.tsx';
import { Curve, CurveForm } from './curves.tsx';

/** A curve per metric of one run. */
const RunCurves = ({ run }: { run: Run }) => {
  const keys = Object.keys(run.metrics);
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
          <Curve key={key} metric={key} runs={[run]} />
        ))}
      </div>
    </>
  );
};
export default RunCurves;
