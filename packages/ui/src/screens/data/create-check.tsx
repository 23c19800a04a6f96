import { type Column, type Dataset, createCheck, getVersion, listChecks } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryFor, useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { type CheckForm, type CheckKind, checkKinds, parametersOf } from './check-words.ts';

const types = ['number', 'integer', 'string', 'boolean', 'timestamp'];
const severities = [
  { value: 'error', label: 'Error: a file that breaks it is refused' },
  { value: 'warning', label: 'Warning: the version is taken in and marked' },
];
const tolerant: readonly CheckKind[] = ['not-missing', 'in-range', 'in-set'];

const ColumnSelect = ({
  columns,
  value,
  onChange,
}: {
  columns: readonly Column[];
  value: string;
  onChange: (name: string) => void;
}) => (
  <Select
    label="Column"
    required
    choices={[
      { value: '', label: 'Choose a column' },
      ...columns.map((column) => ({ value: column.name, label: `${column.name} (${column.type})` })),
    ]}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  />
);

export const CreateCheck = ({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) => {
  const project = useProject();
  const latestId = dataset.latestVersion?.id;
  const latest = useQuery({
    ...queryFor(getVersion, { params: { project, version: latestId ?? '' } }),
    enabled: latestId !== undefined,
  });
  const [form, setForm] = useState<CheckForm>({
    kind: 'not-missing',
    column: '',
    type: '',
    min: '',
    max: '',
    values: '',
    tolerancePercent: '',
  });
  const [severity, setSeverity] = useState<'error' | 'warning'>('error');
  const set = (part: Partial<CheckForm>) => setForm((now) => ({ ...now, ...part }));
  const create = useChange(createCheck, {
    quiet: true,
    done: 'The check was added; it is made on the next version',
    refresh: [listChecks],
    onDone: onClose,
  });
  const columns = latest.data?.columns ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const columnType = columns.find((column) => column.name === form.column)?.type;
    create.mutate({
      params: { project, dataset: dataset.id },
      body: {
        kind: form.kind,
        ...(form.kind === 'row-count' ? {} : { column: form.column }),
        parameters: parametersOf(form, columnType),
        severity,
      },
    });
  };
  return (
    <Dialog open onClose={onClose} title="New check" description="Made on every version from the next one on.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="What must hold"
          choices={checkKinds}
          value={form.kind}
          onChange={(event) => set({ kind: event.target.value as CheckKind })}
        />
        {form.kind === 'row-count' ? null : columns.length > 0 ? (
          <ColumnSelect columns={columns} value={form.column} onChange={(column) => set({ column })} />
        ) : (
          <TextField
            label="Column"
            required
            maxLength={250}
            value={form.column}
            onChange={(event) => set({ column: event.target.value })}
          />
        )}
        {form.kind === 'column-present' ? (
          <Select
            label="Type"
            choices={[{ value: '', label: 'Any' }, ...types.map((type) => ({ value: type, label: type }))]}
            value={form.type}
            onChange={(event) => set({ type: event.target.value })}
          />
        ) : null}
        {form.kind === 'in-range' || form.kind === 'row-count' ? (
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              label="At least"
              type="number"
              step="any"
              required={form.kind === 'row-count' || form.max === ''}
              value={form.min}
              onChange={(event) => set({ min: event.target.value })}
            />
            {form.kind === 'in-range' ? (
              <TextField
                label="At most"
                type="number"
                step="any"
                value={form.max}
                onChange={(event) => set({ max: event.target.value })}
              />
            ) : null}
          </div>
        ) : null}
        {form.kind === 'in-set' ? (
          <TextArea
            label="Known values, one per line"
            required
            value={form.values}
            onChange={(event) => set({ values: event.target.value })}
          />
        ) : null}
        {tolerant.includes(form.kind) ? (
          <TextField
            label="Rows that may break it, in percent"
            type="number"
            min={0}
            max={100}
            step="any"
            placeholder="0"
            value={form.tolerancePercent}
            onChange={(event) => set({ tolerancePercent: event.target.value })}
          />
        ) : null}
        <Select
          label="Severity"
          choices={severities}
          value={severity}
          onChange={(event) => setSeverity(event.target.value as 'error' | 'warning')}
        />
        {create.error ? <ErrorState error={create.error} /> : null}
        <Button tone="primary" type="submit" busy={create.isPending} className="self-end">
          Add the check
        </Button>
      </form>
    </Dialog>
  );
};
