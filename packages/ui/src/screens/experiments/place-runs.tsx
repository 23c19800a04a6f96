import { listExperiments } from '@millwright/contract';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Checkbox, Select } from '../../ui/field.tsx';
import { ChangeRuns, runsInWords } from './change-runs.tsx';

const experimentsOffered = 1000;

/** Moves runs into another experiment, or copies them there. */
export const PlaceRuns = ({
  ids,
  action,
  onClose,
  onDone,
}: {
  ids: readonly string[];
  action: 'move' | 'copy';
  onClose: () => void;
  onDone: () => void;
}) => {
  const project = useProject();
  const experiments = useRead(listExperiments, { params: { project }, query: { limit: experimentsOffered } });
  const [target, setTarget] = useState('');
  const [children, setChildren] = useState(true);
  const isCopy = action === 'copy';
  const items = experiments.data?.items ?? [];
  const chosen = items.find(({ id }) => id === target);
  const what = runsInWords(ids.length);
  const where = chosen ? `“${chosen.name}”` : isCopy ? 'the experiment each of them is in' : 'another experiment';
  return (
    <ChangeRuns
      ids={ids}
      title={isCopy ? `Copy ${what}` : `Move ${what}`}
      plan={
        isCopy
          ? `Makes new runs of ${what} in ${where}, with parameters, tags, metrics and links. Files are shared, not stored again; a long history follows in the background. Runs that are under way are not copied.`
          : `Moves ${what} to ${where}. They keep their ids, points, files, links and tags; the models they logged go along.`
      }
      action={isCopy ? 'Copy runs' : 'Move runs'}
      change={
        isCopy || chosen
          ? { action, ...(chosen ? { experiment: chosen.id } : {}), ...(children ? { children } : {}) }
          : null
      }
      done={(count) => `${runsInWords(count)} ${isCopy ? 'copied' : 'moved'}`}
      onClose={onClose}
      onDone={onDone}
    >
      <Select
        label="Experiment"
        choices={[
          { value: '', label: isCopy ? 'Where each of them is' : 'Choose one' },
          ...items.map((one) => ({ value: one.id, label: one.name })),
        ]}
        value={target}
        onChange={(event) => setTarget(event.target.value)}
      />
      <Checkbox
        label="The runs below them, too"
        checked={children}
        onChange={(event) => setChildren(event.target.checked)}
      />
    </ChangeRuns>
  );
};
