import type { Run } from '@millwright/contract';
import { useMemo, useState } from 'react';
import { TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/states.tsx';
import { CurveForm } from './curve-form.tsx';
import { Curves } from './curves.tsx';
import { ownMetricsOf } from './run-values.ts';

const searchedFrom = 6;
/** `unit.9` before `unit.10`. */
const inOrder = new Intl.Collator('en', { numeric: true });

/** A curve per metric of one run. */
const RunCurves = ({ run }: { run: Run }) => {
  const [text, setText] = useState('');
  const { id, startedAt, endedAt, name } = run;
  // The charts need no more of the run than this, so that they stay as they are when a new value comes.
  const runs = useMemo(() => [{ id, startedAt, endedAt, name }], [id, startedAt, endedAt, name]);
  // Those that have a course first; a metric of one point is a dot.
  const keyList = ownMetricsOf(run.metrics)
    .sort(
      (a, b) => Number(run.metrics[a]?.points === 1) - Number(run.metrics[b]?.points === 1) || inOrder.compare(a, b),
    )
    .join('\n');
  const keys = useMemo(() => {
    const all = keyList === '' ? [] : keyList.split('\n');
    return all.filter((key) => key.toLowerCase().includes(text.toLowerCase()));
  }, [keyList, text]);
  const total = ownMetricsOf(run.metrics).length;
  if (total === 0)
    return (
      <EmptyState
        title="No metric was logged yet"
        text={run.status === 'running' ? 'Curves appear here while the run goes on.' : 'This run ended without one.'}
      />
    );
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        {total > searchedFrom ? (
          <div className="w-64">
            <TextField
              label="Find a metric"
              hideLabel
              type="search"
              placeholder={`Find one of ${formatCount(total)} metrics`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        ) : null}
        <CurveForm />
      </div>
      {keys.length === 0 ? (
        <p className="text-muted">No metric is called like that.</p>
      ) : (
        <Curves runs={runs} keys={keys} />
      )}
    </>
  );
};
export default RunCurves;
