import { SubNav } from '../../app/sub-nav.tsx';

const places = [
  { path: 'governance', label: 'Accounts' },
  { path: 'governance/grants', label: 'Roles' },
  { path: 'governance/teams', label: 'Teams' },
  { path: 'governance/tokens', label: 'API tokens' },
  { path: 'governance/notifications', label: 'Notifications' },
  { path: 'governance/deliveries', label: 'Deliveries' },
  { path: 'governance/audit', label: 'Audit' },
];
export const GovernanceTabs = ({ current }: { current: string }) => (
  <SubNav label="Governance" places={places} current={current} />
);
