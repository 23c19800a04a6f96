import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'system', label: 'Instance' },
  { path: 'system/jobs', label: 'Jobs' },
  { path: 'system/events', label: 'Events' },
];
export const SystemTabs = ({ current }: { current: string }) => (
  <SubNav label="System" places={places} current={current} />
);
