import { type Pipeline, listPipelineRuns, listPipelines, startPipeline } from '@millwright/contract';
import { useState } from 'react';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { parametersOf, readParameter } from './spec.ts';

/** Starts a run by hand: says what will run, asks for the parameters the steps refer to. */
export const StartDialog = ({ pipeline, onClose }: { pipeline: Pipeline; onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const names = parametersOf(pipeline.spec).filter((name) => name !== 'reason');
  const [values, setValues] = useState<Record<string, string>>({});
  const [reason, setReason] = useState('');
  const wantsReason = parametersOf(pipeline.spec).includes('reason');
  const parameters = {
    ...Object.fromEntries(names.map((name) => [name, readParameter(values[name] ?? '')])),
    ...(wantsReason ? { reason } : {}),
  };
  const steps = pipeline.spec.steps;
  return (
    <ActionDialog
      operation={startPipeline}
      input={{
        params: { project, pipeline: pipeline.name },
        body: {
          ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
          ...(reason ? { reason } : {}),
        },
      }}
      title={`Start ${pipeline.name}`}
      action="Start"
      refresh={[listPipelineRuns, listPipelines]}
      done="The run has started"
      onDone={(run) => go(pathOf(project, 'pipeline-run', run.id) as string)}
      onClose={onClose}
      incomplete={names.some((name) => !values[name]) || (wantsReason && reason === '')}
      plan={`Runs ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} of revision ${pipeline.revision}: ${steps.map((step) => step.name).join(', ')}. A start by hand does not wait for the cool-down and can be cancelled.`}
    >
      <TextField
        label="Reason"
        required={wantsReason}
        maxLength={1000}
        hint="Stays with the run and in the audit trail"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {names.map((name) => (
        <TextField
          key={name}
          label={name}
          required
          hint="Text, or JSON"
          value={values[name] ?? ''}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      ))}
    </ActionDialog>
  );
};
