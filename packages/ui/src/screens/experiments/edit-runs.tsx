import { listRuns, nameFrom, unknownPlaceholders } from '@millwright/contract';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { ChangeRuns, type RunsChange, changedTogether, runsInWords } from './change-runs.tsx';
import { runTitle } from './run-values.ts';
import { readTags } from '../../ui/tag-lines.ts';

const previewed = 3;
const statuses = [
  { value: '', label: 'As it is' },
  { value: 'finished', label: 'Finished' },
  { value: 'failed', label: 'Failed' },
  { value: 'killed', label: 'Killed' },
  { value: 'running', label: 'Running again' },
] as const;

const keysIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((key) => key.trim())
      .filter(Boolean),
  ),
];

/** How the first runs would be called. */
const Preview = ({ pattern, ids }: { pattern: string; ids: readonly string[] }) => {
  const first = ids.slice(0, previewed);
  const runs = useRead(listRuns, {
    params: { project: useProject() },
    query: { filter: `id in (${first.map((id) => `"${id}"`).join(',')})`, view: 'all', limit: previewed },
  }).data?.items;
  if (!runs) return null;
  return (
    <ul aria-label="New names" className="text-sm">
      {first.map((id, at) => {
        const run = runs.find((one) => one.id === id);
        return run ? (
          <li key={id} className="truncate">
            <span className="text-muted">{runTitle(run)} → </span>
            {nameFrom(pattern, run, at + 1) || <span className="text-bad">nothing</span>}
          </li>
        ) : null;
      })}
    </ul>
  );
};

/** Tags, name, note and status of many runs. What is left empty stays as it is. */
export const EditRuns = ({
  ids,
  onClose,
  onDone,
}: {
  ids: readonly string[];
  onClose: () => void;
  onDone: () => void;
}) => {
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [status, setStatus] = useState('');
  const [tags, setTags] = useState('');
  const [removed, setRemoved] = useState('');
  const set = readTags(tags);
  const removedTags = keysIn(removed);
  const unknown = unknownPlaceholders(name);
  const countsTooFar = name.includes('{number}') && ids.length > changedTogether;
  const change: RunsChange = {
    action: 'edit',
    ...(name ? { name } : {}),
    ...(note ? { note } : {}),
    ...(status ? { status: status as 'finished' } : {}),
    ...(Object.keys(set).length > 0 ? { tags: set } : {}),
    ...(removedTags.length > 0 ? { removedTags } : {}),
  };
  const isEmpty = Object.keys(change).length === 1;
  const what = runsInWords(ids.length);
  const parts = [
    ...(Object.keys(set).length > 0 ? [`sets ${Object.keys(set).join(', ')}`] : []),
    ...(removedTags.length > 0 ? [`removes ${removedTags.join(', ')}`] : []),
    ...(name ? ['renames them'] : []),
    ...(note ? ['replaces their notes'] : []),
    ...(status ? [`sets their status to ${status}`] : []),
  ];
  return (
    <ChangeRuns
      ids={ids}
      title={`Edit ${what}`}
      plan={isEmpty ? `Fill in what to change in ${what}; the rest stays.` : `Of ${what}: ${parts.join('; ')}.`}
      action="Change"
      change={isEmpty || unknown.length > 0 || countsTooFar ? null : change}
      done={(count) => `${runsInWords(count)} changed`}
      onClose={onClose}
      onDone={onDone}
    >
      <TextArea
        label="Tags to set"
        rows={2}
        hint="One per line, as key=value"
        value={tags}
        onChange={(event) => setTags(event.target.value)}
      />
      <TextField
        label="Tags to remove"
        hint="Keys, with commas between them"
        value={removed}
        onChange={(event) => setRemoved(event.target.value)}
      />
      <TextField
        label="Name"
        maxLength={250}
        placeholder="lr={parameters.lr} #{number}"
        hint="May hold {name}, {number}, {experiment}, {parameters.KEY} and {tags.KEY}"
        error={
          unknown.length > 0
            ? `Unknown: ${unknown.join(', ')}`
            : countsTooFar
              ? `{number} counts up to ${changedTogether} runs at once`
              : undefined
        }
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {name && unknown.length === 0 ? <Preview pattern={name} ids={ids} /> : null}
      <TextArea label="Note" rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
      <Select label="Status" choices={statuses} value={status} onChange={(event) => setStatus(event.target.value)} />
    </ChangeRuns>
  );
};
