import {
  type Model,
  type RegistryPolicy,
  getModelPolicy,
  getRegistryPolicy,
  setModelPolicy,
  setRegistryPolicy,
} from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { PolicyFields, isPolicyComplete } from './policy-fields.tsx';

const fresh: RegistryPolicy = { approvals: [], protections: [], requestDays: 14 };

/** `own`: what was set before; null: nothing. */
interface Editing {
  own: RegistryPolicy | null;
  onClose: () => void;
}

export const EditModelPolicy = ({ model, own, onClose }: Editing & { model: Model }) => {
  const project = useProject();
  const [policy, setPolicy] = useState(own ?? fresh);
  return (
    <ActionDialog
      wide
      operation={setModelPolicy}
      input={{ params: { project, model: model.name }, body: policy }}
      title={`Approvals and protection of ${model.name}`}
      action="Save"
      done="Saved"
      refresh={[getModelPolicy]}
      incomplete={!isPolicyComplete(policy)}
      onClose={onClose}
      plan="Holds from now on, for people, MLflow's clients and rollouts alike. What the project protects stays protected."
    >
      <PolicyFields policy={policy} onChange={setPolicy} />
    </ActionDialog>
  );
};

export const EditProjectPolicy = ({ own, onClose }: Editing) => {
  const project = useProject();
  const [policy, setPolicy] = useState(own ?? fresh);
  return (
    <ActionDialog
      wide
      operation={setRegistryPolicy}
      input={{ params: { project }, body: policy }}
      title={`Approvals and protection in ${project}`}
      action="Save"
      done="Saved"
      refresh={[getRegistryPolicy, getModelPolicy]}
      incomplete={!isPolicyComplete(policy)}
      onClose={onClose}
      plan="Holds from now on for every model, for people, MLflow's clients and rollouts alike. A model may ask for other approvals; what is protected here is protected in all of them."
    >
      <PolicyFields policy={policy} onChange={setPolicy} />
    </ActionDialog>
  );
};
