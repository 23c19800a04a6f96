import type { Rollout } from '@millwright/contract';
import { ObjectLink } from '../../app/links.tsx';
import { IntervalPlot } from '../../charts/draw/interval-plot.tsx';
import { prepareArmFailures, prepareArmLosses } from '../../charts/prepare/arms.ts';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Swatch } from '../../ui/swatch.tsx';

const roles = ['champion', 'challenger'] as const;

/** Champion and challenger: what was counted, and how sure the means are. */
export const RolloutArms = ({
  rollout,
  task,
}: {
  rollout: Rollout;
  task: 'classification' | 'regression' | undefined;
}) => {
  const losses = task === 'classification' ? prepareArmLosses(rollout) : null;
  const failed = rollout.champion.failures + rollout.challenger.failures > 0;
  const failures = failed ? prepareArmFailures(rollout) : null;
  return (
    <>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Champion and challenger">
        <table className="w-full text-right tabular-nums">
          <thead className="text-xs text-muted">
            <tr>
              {['Version', 'Requests', 'Failed', 'Labelled', 'Mean loss'].map((head, index) => (
                <th key={head} scope="col" className={`px-2 py-1 font-medium ${index === 0 ? 'text-left' : ''}`}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {roles.map((role) => {
              const arm = rollout[role];
              return (
                <tr key={role} className="border-t border-line">
                  <th scope="row" className="px-2 py-1.5 text-left font-normal whitespace-nowrap">
                    <span className="inline-flex items-center gap-1.5">
                      <Swatch entity={role} />
                      <ObjectLink type="model-version" id={arm.modelVersionId}>
                        v{arm.number}
                      </ObjectLink>
                      {role}
                    </span>
                  </th>
                  <td className="px-2 py-1.5">{formatCount(arm.requests)}</td>
                  <td className="px-2 py-1.5">{formatCount(arm.failures)}</td>
                  <td className="px-2 py-1.5">{formatCount(arm.labelled)}</td>
                  <td className="px-2 py-1.5">{formatNumber(arm.meanLoss)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {losses ? (
        <div className="mt-4">
          <IntervalPlot title="Mean loss: share of wrong answers" prepared={losses} />
        </div>
      ) : null}
      {failures ? (
        <div className="mt-4">
          <IntervalPlot title="Failed requests" prepared={failures} />
        </div>
      ) : null}
      {losses || failures ? (
        <p className="mt-2 text-xs text-muted">
          Lines are 95 % intervals of each mean (Wilson). They describe; the sequential tests decide.
        </p>
      ) : null}
    </>
  );
};
