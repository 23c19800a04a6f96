import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'experiments', label: 'Runs' },
  { path: 'experiments/list', label: 'Experiments' },
  { path: 'experiments/reports', label: 'Reports' },
];
export const ExperimentsTabs = ({ current }: { current: string }) => (
  <SubNav label="Experiments" places={places} current={current} />
);
