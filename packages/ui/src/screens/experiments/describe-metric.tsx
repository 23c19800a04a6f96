import { describeMetric, listMetricMeanings } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { type Meanings, directionWords } from './metric-meaning.ts';

const keysOffered = 500;

const Form = ({ metric, meanings, onClose }: { metric: string; meanings: Meanings; onClose: () => void }) => {
  const project = useProject();
  const said = meanings.of(metric);
  const inferred = meanings.directionOf(metric);
  const [direction, setDirection] = useState<string>(said?.direction ?? '');
  const [unit, setUnit] = useState(said?.unit ?? '');
  const [low, setLow] = useState(said?.low?.toString() ?? '');
  const [high, setHigh] = useState(said?.high?.toString() ?? '');
  const [description, setDescription] = useState(said?.description ?? '');
  const save = useChange(describeMetric, {
    quiet: true,
    done: `What ${metric} means was saved`,
    refresh: [listMetricMeanings],
    onDone: onClose,
  });
  const numberFrom = (text: string) => (text.trim() === '' ? null : Number(text));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      params: { project },
      body: {
        key: metric,
        direction: (direction || null) as 'maximize' | 'minimize' | 'none' | null,
        unit,
        low: numberFrom(low),
        high: numberFrom(high),
        description,
      },
    });
  };
  const byName = said?.direction ? '' : inferred ? `: ${directionWords[inferred]}` : ', which says nothing';
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Select
        label="Direction"
        choices={[
          { value: '', label: `By its name${byName}` },
          { value: 'maximize', label: 'More is better' },
          { value: 'minimize', label: 'Less is better' },
          { value: 'none', label: 'Neither is better' },
        ]}
        value={direction}
        onChange={(event) => setDirection(event.target.value)}
      />
      <div className="grid grid-cols-3 gap-2">
        <TextField label="Unit" maxLength={40} value={unit} onChange={(event) => setUnit(event.target.value)} />
        <TextField
          label="Least valid value"
          type="number"
          step="any"
          value={low}
          onChange={(event) => setLow(event.target.value)}
        />
        <TextField
          label="Greatest valid value"
          type="number"
          step="any"
          value={high}
          onChange={(event) => setHigh(event.target.value)}
        />
      </div>
      <TextArea
        label="Description"
        rows={2}
        maxLength={1000}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      {save.error ? <ErrorState error={save.error} /> : null}
      <Button tone="primary" type="submit" busy={save.isPending} className="self-end">
        Save
      </Button>
    </form>
  );
};

/** Direction, unit and valid range of a metric, for all runs of the project. */
export const DescribeMetric = ({
  keys,
  meanings,
  onClose,
}: {
  keys: readonly string[];
  meanings: Meanings;
  onClose: () => void;
}) => {
  const [metric, setMetric] = useState(keys[0] ?? '');
  return (
    <Dialog
      open
      onClose={onClose}
      title="What a metric means"
      description="Said once, for all runs of this project: which way it gets better, its unit, and which values can be."
    >
      <div className="flex flex-col gap-3">
        <Select
          label="Metric"
          choices={keys.slice(0, keysOffered).map((key) => ({ value: key, label: key }))}
          value={metric}
          onChange={(event) => setMetric(event.target.value)}
        />
        <Form key={metric} metric={metric} meanings={meanings} onClose={onClose} />
      </div>
    </Dialog>
  );
};
