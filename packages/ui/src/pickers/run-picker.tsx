import { type Run, getRun, listRuns } from '@millwright/contract';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { queryFor } from '../api/queries.ts';
import { useProject } from '../app/location.ts';
import { TextField } from '../ui/field.tsx';
import { RelativeTime } from '../ui/time.tsx';

const shownAtOnce = 8;
const runId = /^run_[0-9A-HJKMNP-TV-Z]{26}$/;

/** Runs whose name contains a text, the newest first; or the one that an id names. */
const useFound = (text: string): readonly Run[] => {
  const project = useProject();
  const isId = runId.test(text);
  const one = useQuery({
    ...queryFor(getRun, { params: { project, run: text } }),
    enabled: isId,
    retry: false,
  });
  const query = {
    limit: shownAtOnce,
    keys: '',
    ...(text === '' ? {} : { filter: `name ~ ${JSON.stringify(text)}` }),
  };
  const listed = useQuery({
    ...queryFor(listRuns, { params: { project }, query }),
    enabled: !isId,
    placeholderData: keepPreviousData,
  });
  return isId ? (one.data ? [one.data] : []) : (listed.data?.items ?? []);
};

/**
 * Runs by their ids, found by name. `value` keeps the order in which they were chosen; no more than `limit` are taken, and
 * with a limit of one the next takes the place of the last.
 */
export const RunPicker = ({
  label,
  value,
  limit,
  onChange,
}: {
  label: string;
  value: readonly string[];
  limit: number;
  onChange: (ids: string[]) => void;
}) => {
  const project = useProject();
  const [text, setText] = useState('');
  const found = useFound(useDeferredValue(text.trim()));
  const chosen = useQueries({
    queries: value.map((run) => ({ ...queryFor(getRun, { params: { project, run } }), retry: false })),
  });
  const toggle = (id: string) => {
    if (value.includes(id)) onChange(value.filter((one) => one !== id));
    else if (limit === 1) onChange([id]);
    else if (value.length < limit) onChange([...value, id]);
  };
  return (
    <div className="flex flex-col gap-2">
      {value.length > 0 ? (
        <ul aria-label={`${label}: chosen`} className="flex flex-wrap gap-1">
          {value.map((id, index) => {
            const name = chosen[index]?.data?.name ?? id;
            return (
              <li key={id}>
                <button
                  type="button"
                  onClick={() => toggle(id)}
                  aria-label={`Remove ${name}`}
                  className="flex min-h-6 items-center gap-1 rounded-md border border-accent bg-accent-soft px-2 text-xs text-accent"
                >
                  {name}
                  <X aria-hidden size={12} />
                </button>
              </li>
            );
          })}
        </ul>
      ) : null}
      <TextField
        label={label}
        placeholder="Part of a name, or an id"
        hint={limit === 1 ? undefined : `${value.length} of at most ${limit}`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul
        aria-label={`${label}: found`}
        className="flex max-h-44 flex-col overflow-y-auto rounded-md border border-line"
      >
        {found.map((run) => (
          <li key={run.id}>
            <button
              type="button"
              aria-pressed={value.includes(run.id)}
              onClick={() => toggle(run.id)}
              className="flex min-h-8 w-full items-center justify-between gap-3 px-2.5 text-left text-sm hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent"
            >
              <span className="truncate">{run.name}</span>
              <span className="shrink-0 text-xs text-muted">
                {run.status}, <RelativeTime at={run.startedAt} />
              </span>
            </button>
          </li>
        ))}
        {found.length === 0 ? <li className="px-2.5 py-1.5 text-sm text-muted">No run with that in its name</li> : null}
      </ul>
    </div>
  );
};
