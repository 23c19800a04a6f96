import { type ChosenRuns, type Panel, listExperiments, listRunKeys } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryFor, useRead } from '../../../api/queries.ts';
import { useProject } from '../../../app/location.ts';
import { DatasetVersionPicker } from '../../../pickers/dataset-version-picker.tsx';
import { EvaluationPicker } from '../../../pickers/evaluation-picker.tsx';
import { ImagePicker } from '../../../pickers/image-picker.tsx';
import { ModelVersionPicker } from '../../../pickers/model-version-picker.tsx';
import { RunPicker } from '../../../pickers/run-picker.tsx';
import { Select, TextField } from '../../../ui/field.tsx';
import { MediaFields } from './media-fields.tsx';

interface Props<P extends Panel> {
  panel: P;
  onChange: (panel: P) => void;
}

const words = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
const chipsShown = 40;

/** Text that means a list: kept as it was typed while somebody types. */
const ListField = ({
  label,
  hint,
  value,
  onChange,
  known = [],
}: {
  label: string;
  hint?: string;
  value: readonly string[];
  onChange: (list: string[]) => void;
  /** What there is to choose from; a click adds or removes it. */
  known?: readonly string[];
}) => {
  const [text, setText] = useState(value.join(', '));
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    if (words(text).join() !== value.join()) setText(value.join(', '));
  }
  const toggle = (key: string) => onChange(value.includes(key) ? value.filter((one) => one !== key) : [...value, key]);
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        label={label}
        hint={hint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(words(event.target.value));
        }}
      />
      {known.length > 0 ? (
        <div role="group" aria-label={`Known: ${label}`} className="flex max-h-24 flex-wrap gap-1 overflow-y-auto">
          {known.slice(0, chipsShown).map((key) => (
            <button
              key={key}
              type="button"
              aria-pressed={value.includes(key)}
              onClick={() => toggle(key)}
              className="min-h-6 rounded-md border border-line bg-surface px-2 text-xs text-muted hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
            >
              {key}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
};

/** The keys that runs of the chosen experiment have. */
const useKeys = (experiment: string | undefined) => {
  const project = useProject();
  const read = useQuery({
    ...queryFor(listRunKeys, { params: { project, experiment: experiment ?? '' } }),
    enabled: experiment !== undefined,
    retry: false,
  });
  const { metrics = [], parameters = [], tags = [] } = read.data ?? {};
  return {
    metrics,
    values: [
      ...metrics.map((key) => `metrics.${key}`),
      ...parameters.map((key) => `parameters.${key}`),
      ...tags.filter((key) => !key.startsWith('mlflow.')).map((key) => `tags.${key}`),
    ],
  };
};

/** Leaves out what was emptied: the contract knows no empty text for it. */
const without = (runs: ChosenRuns, key: keyof ChosenRuns, value: string): ChosenRuns => {
  const { [key]: _old, ...rest } = runs;
  return value === '' ? rest : { ...rest, [key]: value };
};

const RunsField = ({ runs, onChange }: { runs: ChosenRuns; onChange: (runs: ChosenRuns) => void }) => {
  const project = useProject();
  const experiments = useRead(listExperiments, { params: { project }, query: { limit: 200 } });
  const byIds = runs.ids !== undefined;
  const known = experiments.data?.items ?? [];
  return (
    <fieldset className="grid gap-3 rounded-md border border-line p-3 sm:grid-cols-2">
      <legend className="px-1 text-xs font-medium text-muted">Runs</legend>
      <Select
        label="Chosen"
        choices={[
          { value: 'filter', label: 'By a filter' },
          { value: 'ids', label: 'One by one' },
        ]}
        value={byIds ? 'ids' : 'filter'}
        onChange={(event) => onChange(event.target.value === 'ids' ? { ids: [] } : { limit: 10 })}
      />
      {byIds ? (
        <div className="sm:col-span-2">
          <RunPicker label="Runs" value={runs.ids ?? []} limit={50} onChange={(ids) => onChange({ ids })} />
        </div>
      ) : (
        <>
          <Select
            label="Experiment"
            choices={[
              { value: '', label: 'All experiments' },
              ...known.map((one) => ({ value: one.id, label: one.name })),
            ]}
            value={known.find((one) => one.id === runs.experiment || one.name === runs.experiment)?.id ?? ''}
            onChange={(event) => onChange(without(runs, 'experiment', event.target.value))}
          />
          <TextField
            label="Filter"
            placeholder='metrics.auc > 0.9 and tags.team = "risk"'
            value={runs.filter ?? ''}
            maxLength={2000}
            onChange={(event) => onChange(without(runs, 'filter', event.target.value))}
          />
          <div className="grid grid-cols-[1fr_5rem] gap-3">
            <TextField
              label="Order"
              placeholder="metrics.auc desc"
              value={runs.order ?? ''}
              maxLength={1000}
              onChange={(event) => onChange(without(runs, 'order', event.target.value))}
            />
            <TextField
              label="At most"
              type="number"
              min={1}
              max={50}
              value={runs.limit ?? 10}
              onChange={(event) =>
                onChange({ ...runs, limit: Math.max(1, Math.min(50, Math.round(Number(event.target.value) || 1))) })
              }
            />
          </div>
        </>
      )}
    </fieldset>
  );
};

const RunsPanelFields = ({ panel, onChange }: Props<Extract<Panel, { runs: unknown }>>) => {
  const keys = useKeys(panel.runs.experiment);
  return (
    <>
      <RunsField runs={panel.runs} onChange={(runs) => onChange({ ...panel, runs })} />
      {panel.kind === 'curves' ? (
        <ListField
          label="Metrics"
          hint="A chart each, at most six"
          value={panel.metrics}
          known={keys.metrics}
          onChange={(metrics) => onChange({ ...panel, metrics: metrics.slice(0, 6) })}
        />
      ) : null}
      {panel.kind === 'table' ? (
        <ListField
          label="Columns"
          hint="metrics.auc, parameters.lr, tags.team"
          value={panel.columns}
          known={keys.values}
          onChange={(columns) => onChange({ ...panel, columns: columns.filter(isPath).slice(0, 20) })}
        />
      ) : null}
      {panel.kind === 'media' ? <MediaFields panel={panel} onChange={onChange} /> : null}
      {panel.kind === 'parallel' ? (
        <ListField
          label="Axes"
          hint="From left to right; lines are shaded by the last"
          value={panel.axes}
          known={keys.values}
          onChange={(axes) => onChange({ ...panel, axes: axes.filter(isPath).slice(0, 12) })}
        />
      ) : null}
      {panel.kind === 'comparison' ? (
        <TextField
          label="Groups of runs with the same"
          placeholder="parameters.optimizer"
          value={panel.groupBy}
          onChange={(event) => onChange({ ...panel, groupBy: event.target.value.trim() })}
        />
      ) : null}
      {panel.kind === 'comparison' || panel.kind === 'distribution' ? (
        <TextField
          label="Metric"
          value={panel.metric}
          maxLength={250}
          onChange={(event) => onChange({ ...panel, metric: event.target.value })}
        />
      ) : null}
    </>
  );
};

const idOrNull = (id: string): string | null => (id === '' ? null : id);
const isPath = (text: string): boolean => /^(metrics|parameters|tags)\../.test(text);

/** What a panel shows, as fields. */
export const PanelForm = ({ panel, onChange }: Props<Panel>) => (
  <div className="flex flex-col gap-3">
    {'runs' in panel ? <RunsPanelFields panel={panel} onChange={onChange} /> : null}
    {panel.kind === 'image' ? (
      <ImagePicker run={idOrNull(panel.run)} path={panel.path} onPick={(picked) => onChange({ ...panel, ...picked })} />
    ) : null}
    {panel.kind === 'model-version' ? (
      <ModelVersionPicker id={idOrNull(panel.version)} onPick={(version) => onChange({ ...panel, version })} />
    ) : null}
    {panel.kind === 'dataset-version' ? (
      <DatasetVersionPicker id={idOrNull(panel.version)} onPick={(version) => onChange({ ...panel, version })} />
    ) : null}
    {panel.kind === 'gate' ? (
      <EvaluationPicker id={idOrNull(panel.evaluation)} onPick={(evaluation) => onChange({ ...panel, evaluation })} />
    ) : null}
    <TextField
      label="Caption"
      maxLength={500}
      value={panel.caption ?? ''}
      onChange={(event) => onChange({ ...panel, caption: event.target.value })}
    />
  </div>
);
