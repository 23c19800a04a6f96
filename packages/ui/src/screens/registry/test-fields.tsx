import type { ContractTest } from '@millwright/contract';
import { DatasetVersionPicker } from '../../pickers/dataset-version-picker.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../ui/field.tsx';
import type { TestDraft } from './test-draft.ts';

export const kindWords: Record<ContractTest['kind'], string> = {
  signature: 'Inputs and outputs',
  metadata: 'Tags and description',
  size: 'Size of the files',
  files: 'Files that are there',
  examples: 'Golden examples',
  latency: 'Time to answer',
  slice: 'Metric on part of the data',
};
const metrics = ['accuracy', 'rocAuc', 'logLoss', 'f1', 'brier', 'rmse', 'mae', 'r2'].map((value) => ({
  value,
  label: value,
}));

interface Props {
  draft: TestDraft;
  onChange: (fields: TestDraft['fields']) => void;
}

/** The fields of a test by its kind. */
export const TestFields = ({ draft: { kind, fields }, onChange }: Props) => {
  const set = (field: string, value: string) => onChange({ ...fields, [field]: value });
  const bind = (field: string) => ({
    value: fields[field] ?? '',
    onChange: (event: { target: { value: string } }) => set(field, event.target.value),
  });
  const lines = { rows: 4, spellCheck: false, className: 'font-mono text-xs' };
  const number = { type: 'number', step: 'any', min: 0 };
  switch (kind) {
    case 'signature':
      return (
        <div className="grid gap-3 sm:grid-cols-2">
          <TextArea
            label="Inputs"
            hint="One per line: name, or name: boolean, integer, number, text. A version may need no others."
            {...lines}
            {...bind('inputs')}
          />
          <TextArea label="Outputs" hint="Left empty: any" {...lines} {...bind('outputs')} />
        </div>
      );
    case 'metadata':
      return (
        <>
          <TextArea label="Tags" hint="One per line: key=value, or key for any value" {...lines} {...bind('tags')} />
          <div className="flex flex-wrap gap-4">
            {(['description', 'run'] as const).map((field) => (
              <Checkbox
                key={field}
                label={field === 'run' ? 'Comes from a run that is known here' : 'Has a description'}
                checked={fields[field] === 'on'}
                onChange={(event) => set(field, event.target.checked ? 'on' : '')}
              />
            ))}
          </div>
        </>
      );
    case 'size':
      return <TextField label="At most, in MB" {...number} {...bind('megabytes')} />;
    case 'files':
      return <TextArea label="Files" hint="One path per line, below the source" {...lines} {...bind('paths')} />;
    case 'examples':
      return (
        <>
          <TextArea
            label="Examples"
            hint="One per line: inputs -> outputs, both in JSON"
            placeholder={'{"amount": 12.5} -> {"label": "ok"}'}
            {...lines}
            {...bind('examples')}
          />
          <TextField label="Numbers may differ by" placeholder="0.000001" {...number} {...bind('tolerance')} />
        </>
      );
    case 'latency':
      return (
        <>
          <TextField label="Row" placeholder={'{"amount": 12.5}'} className="font-mono text-xs" {...bind('row')} />
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField label="95 % of calls take at most, in ms" {...number} {...bind('maxP95Ms')} />
            <TextField label="Calls" placeholder="200" {...number} step={1} {...bind('calls')} />
          </div>
        </>
      );
    case 'slice':
      return (
        <>
          <DatasetVersionPicker id={fields['datasetVersionId'] || null} onPick={(id) => set('datasetVersionId', id)} />
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField label="Column that is predicted" {...bind('target')} />
            <TextField label="Only rows where" placeholder="column" {...bind('column')} />
            <TextField label="is" {...bind('equals')} />
            <Select
              label="Metric"
              choices={metrics}
              value={fields['metric'] || 'accuracy'}
              onChange={(event) => set('metric', event.target.value)}
            />
            <TextField label="At least" {...number} min={undefined} {...bind('atLeast')} />
            <TextField label="At most" {...number} min={undefined} {...bind('atMost')} />
          </div>
        </>
      );
  }
};
