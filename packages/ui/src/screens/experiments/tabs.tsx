import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'experiments', label: 'Runs' },
  { path: 'experiments/list', label: 'Experiments' },
];
export const ExperimentsTabs = ({ current }: { current: string }) => (
  <SubNav label="Experiments" places={places} current={current} />
);
