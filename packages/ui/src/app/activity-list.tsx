import { type AuditRow, listActivity } from '@millwright/contract';
import { useRows } from '../api/rows.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { ObjectLink, pathOf } from './links.tsx';
import { useProject } from './location.ts';

const idOf = (row: AuditRow) => String(row.seq);

/** The values of a change that are short enough to read in one line. */
const briefOf = (detail: AuditRow['detail']): string =>
  Object.entries(detail)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 80)
    .slice(0, 4)
    .map(([key, value]) => `${key}: ${value}`)
    .join(' · ');

const Entry = ({ row, project }: { row: AuditRow; project: string }) => (
  <li className="flex gap-3 border-b border-line py-2 last:border-0">
    <span aria-hidden className="mt-2 size-1.5 shrink-0 rounded-full bg-accent" />
    <div className="min-w-0 flex-1">
      <div>
        <span className="font-medium">{row.actorName}</span>{' '}
        <code className="font-mono text-xs text-muted">{row.verb}</code>{' '}
        {pathOf(project, row.resourceType, row.resourceId) ? (
          <ObjectLink type={row.resourceType} id={row.resourceId}>
            {row.resourceType.replaceAll('-', ' ')}
          </ObjectLink>
        ) : (
          row.resourceType.replaceAll('-', ' ')
        )}
      </div>
      <div className="text-xs break-words text-muted">{briefOf(row.detail)}</div>
    </div>
    <span className="shrink-0 text-xs text-faint">
      <RelativeTime at={row.at} />
    </span>
  </li>
);

/** The audit trail of one object, or of the whole project. */
export const ActivityList = ({ resourceType, resourceId }: { resourceType?: string; resourceId?: string }) => {
  const project = useProject();
  const query = { ...(resourceType ? { resourceType } : {}), ...(resourceId ? { resourceId } : {}) };
  const rows = useRows(listActivity, { params: { project }, query }, idOf, { pageSize: 50 });
  if (rows.loading)
    return (
      <Loading>
        {[0, 1, 2, 3, 4, 5].map((index) => (
          <Skeleton key={index} className="mb-2 h-11 w-full" />
        ))}
      </Loading>
    );
  if (rows.error) return <ErrorState error={rows.error} onRetry={rows.retry} />;
  if (rows.rows.length === 0)
    return (
      <EmptyState title="Nothing was changed yet" text="Every change is written down here with who made it and when." />
    );
  return (
    <>
      {rows.waiting > 0 ? (
        <Button small tone="primary" onClick={rows.showWaiting}>
          {rows.waiting} new
        </Button>
      ) : null}
      <ul>
        {rows.rows.map((row) => (
          <Entry key={row.seq} row={row} project={project} />
        ))}
      </ul>
      {rows.hasMore ? (
        <Button small busy={rows.loadingMore} onClick={rows.loadMore}>
          Load more
        </Button>
      ) : null}
    </>
  );
};
