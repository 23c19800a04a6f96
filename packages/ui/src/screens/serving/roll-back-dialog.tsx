import { type Endpoint, type Rollout, rollBack } from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { championBefore } from './traffic.ts';

interface Props {
  endpoint: Endpoint;
  rollouts: readonly Rollout[];
  onClose: () => void;
}
/** Back to the champion before this one: a pointer flip. */
export const RollBackDialog = ({ endpoint, rollouts, onClose }: Props) => {
  const project = useProject();
  const [reason, setReason] = useState('');
  const champion = endpoint.variants.find((variant) => variant.role === 'champion');
  const before = championBefore(endpoint, rollouts);
  return (
    <ActionDialog
      operation={rollBack}
      input={{ params: { project, endpoint: endpoint.name }, body: { reason: reason.trim() } }}
      title={`Roll back ${endpoint.name}`}
      action="Roll back"
      danger
      done={`${endpoint.name} serves the champion before`}
      incomplete={reason.trim() === ''}
      onClose={onClose}
      plan={
        <ul className="list-disc pl-4">
          <li>
            Moves 100 % of the traffic from v{champion?.number} back to{' '}
            {before === null ? 'the champion before it' : `v${before}, the champion before it`}. It takes effect at
            once.
          </li>
          <li>The alias champion of {endpoint.modelName} moves with it.</li>
          {endpoint.rolloutId ? <li>The rollout under way is aborted.</li> : null}
          <li>Rolling back once more returns to v{champion?.number}.</li>
        </ul>
      }
    >
      <TextArea
        label="Reason"
        required
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ActionDialog>
  );
};
