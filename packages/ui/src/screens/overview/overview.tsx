import { PageHeader } from '../../ui/card.tsx';
import { EventsCard } from './events-card.tsx';
import { IncidentsCard } from './incidents-card.tsx';
import { Loop } from './loop.tsx';
import { RunningCard } from './running-card.tsx';

const Overview = () => (
  <>
    <PageHeader
      title="Overview"
      text="The loop at a glance: from data to a model in service, watched, and back to new data."
    />
    <Loop />
    <div className="mt-3 grid items-start gap-3 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-3">
        <IncidentsCard />
        <RunningCard />
      </div>
      <EventsCard />
    </div>
  </>
);
export default Overview;
