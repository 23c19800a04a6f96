import { listEvents } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { eventFacts, eventWords } from '../../live/event-words.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';

const shown = 14;

/** What happened last, as it happens. */
export const EventsCard = () => {
  const project = useProject();
  const events = useRead(listEvents, { params: { project }, query: { limit: shown } });
  return (
    <Card
      title="Recent events"
      flush
      aside={
        <ScreenLink
          to={`/p/${project}/system/events`}
          className="inline-flex min-h-6 items-center text-xs text-accent hover:underline"
        >
          All events
        </ScreenLink>
      }
    >
      {events.error ? (
        <div className="p-3">
          <ErrorState error={events.error} onRetry={() => void events.refetch()} />
        </div>
      ) : !events.data ? (
        <Loading>
          {[0, 1, 2, 3, 4, 5].map((index) => (
            <Skeleton key={index} className="mx-3 my-2 h-5" />
          ))}
        </Loading>
      ) : events.data.items.length === 0 ? (
        <EmptyState
          title="Nothing has happened yet"
          text="Let the demo play the whole loop, or upload your first data."
          command="millwright demo"
        />
      ) : (
        <ul>
          {events.data.items.map((event) => (
            <li key={event.id} className="flex items-baseline gap-3 border-b border-line px-3 py-1.5 last:border-0">
              <span className="shrink-0">
                <ObjectLink type={event.subjectType} id={event.subjectId} className="hover:text-accent hover:underline">
                  {eventWords(event)}
                </ObjectLink>
              </span>
              <span className="min-w-0 flex-1 truncate text-xs text-muted">{eventFacts(event)}</span>
              <span className="shrink-0 text-xs text-faint">
                <RelativeTime at={event.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
};
