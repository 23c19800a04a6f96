import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'monitoring', label: 'Watched endpoints' },
  { path: 'monitoring/incidents', label: 'Incidents' },
];
export const MonitoringTabs = ({ current }: { current: string }) => (
  <SubNav label="Monitoring" places={places} current={current} />
);
