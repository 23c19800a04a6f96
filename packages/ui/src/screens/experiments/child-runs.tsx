import { type Run, getRun, listRuns } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { queryFor, useRead } from '../../api/queries.ts';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Duration } from '../../ui/time.tsx';
import { runTitle } from './run-values.ts';

const shownAtMost = 20;

/** The run that this one is part of, by its name as soon as that is read. */
export const ParentRun = ({ id }: { id: string }) => {
  const parent = useQuery({ ...queryFor(getRun, { params: { project: useProject(), run: id } }), retry: false });
  return (
    <ObjectLink type="run" id={id}>
      {parent.data ? runTitle(parent.data) : `…${id.slice(-8)}`}
    </ObjectLink>
  );
};

/** The runs below this one: the trials of a sweep, the folds of a validation. Nothing where there are none. */
export const ChildRuns = ({ run }: { run: Run }) => {
  const project = useProject();
  const filter = `parentRunId = "${run.id}"`;
  const children = useRead(listRuns, { params: { project }, query: { filter, limit: shownAtMost, keys: '' } });
  if (!children.data || children.data.items.length === 0) return null;
  const { items, nextCursor } = children.data;
  return (
    <Card
      title={`Runs below it (${items.length}${nextCursor ? '+' : ''})`}
      aside={
        <ScreenLink
          to={`/p/${encodeURIComponent(project)}/experiments?filter=${encodeURIComponent(filter)}`}
          className="text-xs text-accent hover:underline"
        >
          Open as a table, to compare
        </ScreenLink>
      }
      flush
    >
      <ul className="max-h-72 overflow-y-auto">
        {items.map((child) => (
          <li key={child.id} className="flex items-center gap-3 border-b border-line px-3 py-1.5 last:border-0">
            <ObjectLink type="run" id={child.id}>
              {runTitle(child)}
            </ObjectLink>
            <Status state={child.status} quiet />
            <span className="flex-1" />
            <span className="text-xs text-muted">
              <Duration from={child.startedAt} to={child.endedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};
