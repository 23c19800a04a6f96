import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { X } from 'lucide-react';
import { Suspense, lazy, useEffect } from 'react';
import { IconButton } from '../ui/button.tsx';
import { useProject } from './location.ts';
import { Mark } from './mark.tsx';
import { screens } from './routes.ts';
import { type Stage, stages } from './stages.ts';

const ProjectSwitcher = lazy(() => import('./project-switcher.tsx'));
const available = stages.filter((stage) => screens.some((screen) => screen.path === stage.id));

const Entry = ({ stage, project }: { stage: Stage; project: string }) => {
  const Icon = stage.icon;
  return (
    <li>
      <Link
        to={`/p/${project}/${stage.id}`}
        className="flex min-h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink"
        activeProps={{ className: '!bg-accent-soft !text-accent font-medium', 'aria-current': 'page' }}
      >
        <Icon aria-hidden size={15} strokeWidth={1.9} className="shrink-0" />
        {stage.label}
      </Link>
    </li>
  );
};

const Group = ({ group, label, project }: { group: Stage['group']; label: string; project: string }) => (
  <div>
    <h2 className="px-2 pb-1 text-2xs font-semibold tracking-wide text-faint uppercase">{label}</h2>
    <ul className="flex flex-col gap-px">
      {available
        .filter((stage) => stage.group === group)
        .map((stage) => (
          <Entry key={stage.id} stage={stage} project={project} />
        ))}
    </ul>
  </div>
);

/** The life cycle in its order. On narrow screens it lies above the page until something is chosen. */
export const Sidebar = ({ open, onClose }: { open: boolean; onClose: () => void }) => {
  const project = useProject();
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && !event.defaultPrevented && onClose();
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [open, onClose]);
  return (
    <>
      {open ? <div aria-hidden className="fixed inset-0 z-30 bg-black/40 lg:hidden" onClick={onClose} /> : null}
      <nav
        aria-label="Main"
        className={clsx(
          'w-52 shrink-0 flex-col gap-4 border-r border-line bg-surface p-2.5 lg:sticky lg:top-0 lg:flex lg:h-screen lg:overflow-y-auto',
          open ? 'fixed inset-y-0 left-0 z-40 flex overflow-y-auto' : 'hidden',
        )}
      >
        <div className="flex items-center gap-2 px-1 pt-0.5">
          <Mark />
          <span className="flex-1 text-base font-semibold tracking-tight">Millwright</span>
          {open ? (
            <IconButton
              label="Close the navigation"
              className="lg:hidden"
              icon={<X size={16} aria-hidden />}
              onClick={onClose}
            />
          ) : null}
        </div>
        <Suspense fallback={<div className="min-h-9 rounded-md border border-line bg-canvas" />}>
          <ProjectSwitcher />
        </Suspense>
        <div className="flex flex-1 flex-col gap-4">
          <Group group="life-cycle" label="Life cycle" project={project} />
          <Group group="instance" label="Instance" project={project} />
        </div>
      </nav>
    </>
  );
};
