import { type Rollout, decideRollout } from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { formatPercent } from '../../ui/format.ts';

export type ManualDecision = 'promote' | 'pause' | 'resume' | 'roll-back';
export const decisionWords: Record<ManualDecision, string> = {
  promote: 'Promote',
  pause: 'Pause',
  resume: 'Resume',
  'roll-back': 'Roll back',
};

const plansOf = ({
  champion,
  challenger,
  weight,
  endpointName,
  evidence,
}: Rollout): Record<ManualDecision, string[]> => {
  const [old, next] = [`v${champion.number}`, `v${challenger.number}`];
  const share = formatPercent(weight);
  return {
    promote: [
      `Moves 100 % of the traffic of ${endpointName} from ${old} to ${next}, which becomes champion.`,
      evidence.noHarm >= evidence.threshold
        ? 'The evidence that it does no harm has reached its threshold.'
        : 'The evidence has not decided yet: you decide before it does.',
      `Going back to ${old} is one click at the endpoint.`,
    ],
    pause: [
      `${next} keeps ${share} of the traffic; its share does not rise and it is not promoted.`,
      'Evidence goes on being gathered: should it show harm, the rollout is rolled back all the same.',
    ],
    resume: [`${next} goes on from ${share} of the traffic; the evidence decides again.`],
    'roll-back': [
      `Moves the ${share} of the traffic that ${next} has back to ${old}, at once.`,
      `The rollout ends; ${next} stays in the registry.`,
    ],
  };
};

interface Props {
  rollout: Rollout;
  decision: ManualDecision;
  onClose: () => void;
}
export const DecideRollout = ({ rollout, decision, onClose }: Props) => {
  const project = useProject();
  const [reason, setReason] = useState('');
  return (
    <ActionDialog
      operation={decideRollout}
      input={{ params: { project, rollout: rollout.id }, body: { decision, reason: reason.trim() } }}
      title={`${decisionWords[decision]} v${rollout.challenger.number} at ${rollout.endpointName}`}
      action={decisionWords[decision]}
      danger={decision === 'roll-back'}
      incomplete={reason.trim() === ''}
      onClose={onClose}
      plan={
        <ul className="list-disc pl-4">
          {plansOf(rollout)[decision].map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      }
    >
      <TextArea
        label="Reason"
        required
        maxLength={2000}
        hint="Kept with the decision, in the audit trail."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ActionDialog>
  );
};
