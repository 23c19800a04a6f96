import { PageHeader } from '../../ui/card.tsx';
import { IncidentList } from './incident-list.tsx';
import { MonitoringTabs } from './tabs.tsx';

const Incidents = () => (
  <>
    <PageHeader
      title="Incidents"
      text="One per cause: drift of whatever columns is one, a worse performance another."
    />
    <MonitoringTabs current="monitoring/incidents" />
    <IncidentList />
  </>
);
export default Incidents;
