import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Crash } from './crash.tsx';
import { Frame } from './frame.tsx';
import { Home } from './home.tsx';
import { NotFound } from './not-found.tsx';
import { screens } from './routes.ts';
import { readSearch } from './screen.ts';
import { ScreenPending } from './pending.tsx';
import { Session } from './session.tsx';

const root = createRootRoute({ notFoundComponent: NotFound });
const session = createRoute({ getParentRoute: () => root, id: 'session', component: Session });
/** The one page that nobody signs in for. */
const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared/$secret',
  component: lazyRouteComponent(() => import('../screens/experiments/reports/shared.tsx')),
  errorComponent: Crash,
});
const home = createRoute({ getParentRoute: () => session, path: '/', component: Home });
const project = createRoute({
  getParentRoute: () => session,
  path: '/p/$project',
  component: Frame,
  notFoundComponent: NotFound,
});
const projectHome = createRoute({ getParentRoute: () => project, path: '/', component: Home });
const screenRoutes = screens.map((screen) =>
  createRoute({
    getParentRoute: () => project,
    path: screen.path,
    component: lazyRouteComponent(screen.load),
    validateSearch: (raw: Record<string, unknown>) => readSearch(screen, raw),
    staticData: { title: screen.title },
    errorComponent: Crash,
  }),
);

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string;
  }
}

export const router = createRouter({
  routeTree: root.addChildren([
    shared,
    session.addChildren([home, project.addChildren([projectHome, ...screenRoutes])]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: ScreenPending,
  defaultPendingMs: 150,
  scrollRestoration: true,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(
      Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ).toString();
    return query === '' ? '' : `?${query}`;
  },
});
