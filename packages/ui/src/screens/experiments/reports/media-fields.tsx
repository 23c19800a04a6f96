import { type Panel, listArtifacts, listRuns, mediaItems } from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { queryFor, useRead } from '../../../api/queries.ts';
import { useProject } from '../../../app/location.ts';
import { Select, TextField } from '../../../ui/field.tsx';

type MediaPanel = Extract<Panel, { kind: 'media' }>;
const kinds = [
  { value: 'image', label: 'Images' },
  { value: 'table', label: 'Tables' },
  { value: 'text', label: 'Texts' },
];
/** Their names are offered. */
const runsAsked = 3;

/** The names under which the first of the chosen runs logged something. */
const useNames = ({ runs, media }: MediaPanel): string[] => {
  const project = useProject();
  const { ids, experiment, filter, order } = runs;
  const chosen = useRead(listRuns, {
    params: { project },
    query: {
      limit: runsAsked,
      keys: 'tags.mlflow.loggedArtifacts',
      ...(ids ? { filter: `id in (${ids.map((id) => `"${id}"`).join(',') || '""'})` } : {}),
      ...(!ids && experiment ? { experiment } : {}),
      ...(!ids && filter ? { filter } : {}),
      ...(!ids && order ? { order } : {}),
    },
  });
  const listed = chosen.data?.items ?? [];
  const names = useQueries({
    queries: listed.map((run) => queryFor(listArtifacts, { params: { project, run: run.id } })),
    combine: (results) => results.flatMap((result, at) => mediaItems(result.data?.items ?? [], listed[at]?.tags ?? {})),
  });
  return [...new Set(names.filter(({ kind }) => kind === media).map(({ name }) => name))];
};

/** Which media of the chosen runs are shown. */
export const MediaFields = ({ panel, onChange }: { panel: MediaPanel; onChange: (panel: MediaPanel) => void }) => {
  const names = useNames(panel);
  const { step, ...always } = panel;
  const known = panel.name === '' || names.includes(panel.name) ? names : [panel.name, ...names];
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Select
        label="Media"
        choices={kinds}
        value={panel.media}
        onChange={(event) => onChange({ ...panel, media: event.target.value as MediaPanel['media'], name: '' })}
      />
      <Select
        label="Name"
        choices={[
          ...(panel.name === ''
            ? [{ value: '', label: names.length === 0 ? 'These runs logged none' : 'Choose' }]
            : []),
          ...known.map((name) => ({ value: name, label: name })),
        ]}
        value={panel.name}
        onChange={(event) => onChange({ ...panel, name: event.target.value })}
      />
      <TextField
        label="Step"
        type="number"
        step={1}
        placeholder="the last"
        value={step ?? ''}
        onChange={(event) =>
          onChange(event.target.value === '' ? always : { ...always, step: Math.round(Number(event.target.value)) })
        }
      />
    </div>
  );
};
