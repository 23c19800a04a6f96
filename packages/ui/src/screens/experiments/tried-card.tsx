import { type Run, type SimilarRun, findSimilarRuns } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Badge, Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { formatNumber } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/time.tsx';

const shownAtMost = 5;
const brief = (value: string | null) =>
  value === null ? 'not set' : value.length > 40 ? `${value.slice(0, 40)}…` : value;

const Tried = ({ run }: { run: SimilarRun }) => (
  <li className="border-b border-line px-3 py-2 last:border-0">
    <div className="flex flex-wrap items-center gap-2">
      <ObjectLink type="run" id={run.runId}>
        {run.runName}
      </ObjectLink>
      {run.same ? <Badge tone="info">Same parameters</Badge> : null}
      <Status state={run.status} quiet />
      <span className="flex-1" />
      <span className="text-xs text-muted">
        {run.owner}, <RelativeTime at={run.startedAt} />
      </span>
    </div>
    {run.differences.length > 0 ? (
      <p className="mt-1 text-xs break-words text-muted">
        {run.differences
          .slice(0, 4)
          .map(({ key, had, asked }) => `${key} ${brief(had)}, here ${brief(asked)}`)
          .join('; ')}
        {run.differences.length > 4 ? '; …' : ''}
      </p>
    ) : null}
    <p className="mt-1 text-xs text-muted tabular-nums">
      {Object.entries(run.metrics)
        .slice(0, 3)
        .map(([key, value]) => `${key} ${formatNumber(value)}`)
        .join(' · ')}
    </p>
  </li>
);

/** Runs on the same data with the same or near parameters. Nothing where there are none. */
export const TriedCard = ({ run }: { run: Run }) => {
  const found = useRead(findSimilarRuns, {
    params: { project: useProject() },
    body: { run: run.id, limit: shownAtMost },
  });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Card title="Already tried" aside={<span className="text-xs text-muted">same data, near parameters</span>} flush>
      <ul>
        {items.map((one) => (
          <Tried key={one.runId} run={one} />
        ))}
      </ul>
    </Card>
  );
};
