import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'registry', label: 'Models' },
  { path: 'registry/approvals', label: 'Approvals' },
  { path: 'registry/compare', label: 'Compare versions' },
];
export const RegistryTabs = ({ current }: { current: string }) => (
  <SubNav label="Registry" places={places} current={current} />
);
