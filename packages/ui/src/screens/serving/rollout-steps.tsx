import type { Rollout } from '@millwright/contract';
import { Status } from '../../ui/badge.tsx';
import { formatCount, formatPercent } from '../../ui/format.ts';

type Stand = 'done' | 'running' | 'queued' | 'paused' | 'rolled-back' | 'skipped' | 'aborted';
const standOf = (rollout: Rollout, index: number): Stand => {
  if (rollout.state === 'promoted') return index <= rollout.stepIndex ? 'done' : 'skipped';
  if (index < rollout.stepIndex) return 'done';
  if (index > rollout.stepIndex) return rollout.endedAt === null ? 'queued' : 'skipped';
  return rollout.state === 'running' || rollout.state === 'paused' || rollout.state === 'aborted'
    ? rollout.state
    : 'rolled-back';
};

/** The shares the challenger goes through, with what each step waits for. */
export const RolloutSteps = ({ rollout }: { rollout: Rollout }) => {
  const { steps = [], minLabelsPerStep = 0 } = rollout.policy;
  return (
    <ol aria-label="Steps" className="flex flex-wrap gap-2">
      {steps.map((weight, index) => {
        const stand = standOf(rollout, index);
        const needed = minLabelsPerStep * (index + 1);
        const here = index === rollout.stepIndex && rollout.endedAt === null;
        return (
          <li
            key={weight}
            aria-current={here ? 'step' : undefined}
            className={`min-w-32 flex-1 rounded-md border px-3 py-2 ${here ? 'border-accent' : 'border-line'}`}
          >
            <div className="flex flex-wrap items-center justify-between gap-2">
              <span className="text-base font-semibold tabular-nums">{formatPercent(weight)}</span>
              <Status state={stand} quiet {...(stand === 'queued' ? { label: 'Next' } : {})} />
            </div>
            {minLabelsPerStep > 0 && index + 1 < steps.length ? (
              <p className="text-xs text-muted">
                {formatCount(Math.min(rollout.challenger.labelled, needed))} of {formatCount(needed)} labels
              </p>
            ) : (
              <p className="text-xs text-muted">until the evidence decides</p>
            )}
          </li>
        );
      })}
      <li className="min-w-32 flex-1 rounded-md border border-line px-3 py-2">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <span className="text-base font-semibold">Champion</span>
          {rollout.state === 'promoted' ? <Status state="promoted" quiet /> : null}
        </div>
        <p className="text-xs text-muted">once shown to do no harm</p>
      </li>
    </ol>
  );
};
