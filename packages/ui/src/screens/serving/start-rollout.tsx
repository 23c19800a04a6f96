import { type Endpoint, getEndpoint, listModelVersions, listRollouts, startRollout } from '@millwright/contract';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { formatPercent } from '../../ui/format.ts';
import { readSteps } from './steps.ts';

export const StartRollout = ({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const versions = useRead(listModelVersions, { params: { project, model: endpoint.modelId }, query: { limit: 100 } });
  const champion = endpoint.variants.find((variant) => variant.role === 'champion');
  const usable =
    versions.data?.items.filter(
      (version) => version.approval.state === 'approved' && version.id !== champion?.modelVersionId,
    ) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState('25, 50');
  const version = usable.find((one) => one.id === chosen) ?? usable[0];
  const steps = readSteps(text);
  return (
    <ActionDialog
      operation={startRollout}
      input={{
        params: { project, endpoint: endpoint.name },
        body: { modelVersionId: version?.id ?? '', ...(steps ? { policy: { steps } } : {}) },
      }}
      title={`Start a rollout at ${endpoint.name}`}
      action="Start the rollout"
      refresh={[listRollouts, getEndpoint]}
      done="The rollout has started"
      incomplete={!version || !steps}
      onDone={(rollout) => {
        const path = pathOf(project, 'rollout', rollout.id);
        if (path) go(path);
      }}
      onClose={onClose}
      plan={
        version && steps ? (
          <ul className="list-disc pl-4">
            <li>
              Sends {formatPercent(steps[0])} of the units to v{version.number}; v{champion?.number} keeps the others.
            </li>
            <li>
              With labels and no harm its share rises to{' '}
              {steps
                .slice(1)
                .map((step) => formatPercent(step))
                .join(', ') || 'no more'}
              ; once it is shown to be no worse it is promoted, once harm is shown it is rolled back.
            </li>
          </ul>
        ) : versions.isPending ? (
          'Reading the versions of the model.'
        ) : version ? (
          'Give rising shares.'
        ) : (
          `${endpoint.modelName} has no approved version besides the champion. Approve one first.`
        )
      }
    >
      <Select
        label="Version"
        value={version?.id ?? ''}
        choices={usable.map((one) => ({ value: one.id, label: `v${one.number}${one.note ? `, ${one.note}` : ''}` }))}
        onChange={(event) => setChosen(event.target.value)}
      />
      <TextField
        label="Steps, percent of the traffic"
        value={text}
        error={steps ? undefined : 'Rising numbers above 0 and up to 100, e.g. 10, 25, 50'}
        onChange={(event) => setText(event.target.value)}
      />
    </ActionDialog>
  );
};
