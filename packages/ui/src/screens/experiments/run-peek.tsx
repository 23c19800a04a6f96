import { type Run, getRun } from '@millwright/contract';
import { Pin, PinOff } from 'lucide-react';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Duration, RelativeTime } from '../../ui/time.tsx';

const shownAtMost = 100;
const firstOf = <T,>(values: Readonly<Record<string, T>>) => Object.entries(values).slice(0, shownAtMost);

const More = ({ count }: { count: number }) =>
  count > shownAtMost ? <p className="mt-1 text-xs text-faint">and {count - shownAtMost} more on its page</p> : null;

const Facts = ({ run }: { run: Run }) => (
  <>
    <KeyValue
      pairs={[
        ['Status', <Status key="status" state={run.status} />],
        [
          'Experiment',
          <ObjectLink key="experiment" type="experiment" id={run.experimentId}>
            {run.experimentName}
          </ObjectLink>,
        ],
        ['Started', <RelativeTime key="started" at={run.startedAt} />],
        ['Took', <Duration key="took" from={run.startedAt} to={run.endedAt} />],
        ['Owner', run.owner],
        ['Note', run.note || null],
      ]}
    />
    <div>
      <h3 className="mb-1 text-xs font-semibold text-muted">Metrics, last</h3>
      <KeyValue pairs={firstOf(run.metrics).map(([key, metric]) => [key, formatNumber(metric.last)])} />
      <More count={Object.keys(run.metrics).length} />
    </div>
    <div>
      <h3 className="mb-1 text-xs font-semibold text-muted">Parameters</h3>
      <KeyValue pairs={firstOf(run.parameters)} />
      <More count={Object.keys(run.parameters).length} />
    </div>
  </>
);

/** A run beside the table; the row knows only what its columns show, so the rest is read. */
export const RunPeek = ({ id }: { id: string }) => {
  const whole = useRead(getRun, { params: { project: useProject(), run: id } });
  const [search, change] = useScreenSearch();
  const isBaseline = search['baseline'] === id;
  return (
    <div className="flex flex-col gap-4">
      <Button
        small
        className="self-start"
        icon={isBaseline ? <PinOff aria-hidden size={13} /> : <Pin aria-hidden size={13} />}
        aria-pressed={isBaseline}
        onClick={() => change({ baseline: isBaseline ? null : id })}
      >
        {isBaseline ? 'No longer the baseline' : 'Compare the others with it'}
      </Button>
      <Loaded query={whole} height={160}>
        {(data) => <Facts run={data} />}
      </Loaded>
    </div>
  );
};
