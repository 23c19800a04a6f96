import type { StageRoutes } from '../../app/routes.ts';
import { text } from '../../app/screen.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'analysis', title: 'SQL', load: () => import('./sql.tsx'), search: { q: text(8000) } },
];
