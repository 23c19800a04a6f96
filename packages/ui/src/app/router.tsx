import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Crash } from './crash.tsx';
import { Frame } from './frame.tsx';
import { Home } from './home.tsx';
import { NotFound } from './not-found.tsx';
import { screens } from './routes.ts';
import { readSearch } from './screen.ts';
import { ScreenPending } from './pending.tsx';
import { Session } from './session.tsx';

const root = createRootRoute({ component: Session, notFoundComponent: NotFound });
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });
const project = createRoute({
  getParentRoute: () => root,
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
  routeTree: root.addChildren([home, project.addChildren([projectHome, ...screenRoutes])]),
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
