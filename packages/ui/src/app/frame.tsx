import { Outlet, useMatches, useRouterState } from '@tanstack/react-router';
import { History, Menu, Search } from 'lucide-react';
import { Suspense, lazy, useEffect, useState } from 'react';
import { LiveProvider } from '../live/live.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { lastProject } from './last-project.ts';
import { LiveMark } from './live-mark.tsx';
import { useProject } from './location.ts';
import { ScreenPending } from './pending.tsx';
import { Sidebar } from './sidebar.tsx';
import { ThemeSwitch } from './theme.tsx';
import { useShortcut } from './shortcut.ts';

const AccountMenu = lazy(() => import('./account-menu.tsx'));
const Palette = lazy(() => import('./palette.tsx'));
const ActivityDrawer = lazy(() => import('./activity-drawer.tsx'));

const useTitle = (project: string) => {
  const title = useMatches({ select: (matches) => matches.at(-1)?.staticData.title });
  useEffect(() => {
    document.title = title ? `${title} · ${project} · Millwright` : 'Millwright';
  }, [title, project]);
};

/** The console around a screen: navigation, project, search, live state, activity. */
export const Frame = () => {
  const project = useProject();
  const [open, setOpen] = useState<'palette' | 'activity' | 'navigation' | null>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [openedAt, setOpenedAt] = useState(path);
  if (openedAt !== path) {
    setOpenedAt(path);
    if (open === 'navigation') setOpen(null);
  }
  useTitle(project);
  useEffect(() => lastProject.set(project), [project]);
  useShortcut('k', () => setOpen((now) => (now === 'palette' ? null : 'palette')));
  const close = () => setOpen(null);
  return (
    <LiveProvider project={project} key={project}>
      <a
        href="#screen"
        className="sr-only z-[80] rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <div className="flex min-h-screen">
        <Sidebar open={open === 'navigation'} onClose={close} />
        <div className="flex min-w-0 flex-1 flex-col">
          <header className="sticky top-0 z-20 flex h-11 items-center gap-1 border-b border-line bg-canvas/95 px-3 backdrop-blur">
            <IconButton
              label="Navigation"
              className="lg:hidden"
              icon={<Menu size={17} aria-hidden />}
              onClick={() => setOpen('navigation')}
            />
            <Button
              tone="plain"
              small
              className="!justify-start font-normal !text-muted sm:w-72"
              icon={<Search size={14} aria-hidden />}
              onClick={() => setOpen('palette')}
              aria-keyshortcuts="Control+K Meta+K"
            >
              <span className="hidden flex-1 text-left sm:inline">Go to a screen or object</span>
              <kbd className="hidden font-sans text-2xs text-faint sm:inline">Ctrl K</kbd>
              <span className="sr-only sm:hidden">Search</span>
            </Button>
            <div className="flex-1" />
            <LiveMark />
            <IconButton label="Activity" icon={<History size={16} aria-hidden />} onClick={() => setOpen('activity')} />
            <ThemeSwitch />
            <Suspense fallback={<span className="size-7" />}>
              <AccountMenu />
            </Suspense>
          </header>
          <main id="screen" tabIndex={-1} className="min-w-0 flex-1 px-4 py-4 outline-none lg:px-6">
            <Suspense fallback={<ScreenPending />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
      </div>
      <Suspense fallback={null}>
        {open === 'palette' ? <Palette onClose={close} /> : null}
        {open === 'activity' ? <ActivityDrawer onClose={close} /> : null}
      </Suspense>
    </LiveProvider>
  );
};
