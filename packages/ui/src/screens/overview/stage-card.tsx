import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { adviceOn } from '../../api/advice.ts';
import { Skeleton } from '../../ui/states.tsx';

interface Props {
  stage: string;
  title: string;
  icon: LucideIcon | undefined;
  /** null while it is read. */
  count: string | null;
  unit: readonly [one: string, many: string];
  error: unknown;
  health: string | null;
  healthLabel?: string;
  newest: ReactNode;
}

/** One station of the loop. */
export const StageCard = ({ stage, title, icon: Icon, count, unit, error, health, healthLabel, newest }: Props) => {
  const project = useProject();
  return (
    <li className="relative flex min-h-32 min-w-0 flex-col gap-1 rounded-lg border border-line bg-surface p-3">
      <div className="flex flex-wrap items-center gap-x-2">
        {Icon ? <Icon aria-hidden size={15} className="shrink-0 text-faint" /> : null}
        <h2 className="flex-1 text-sm font-semibold">
          <ScreenLink
            to={`/p/${project}/${stage}`}
            className="inline-flex min-h-6 items-center hover:text-accent hover:underline"
          >
            {title}
          </ScreenLink>
        </h2>
        {health ? <Status state={health} quiet {...(healthLabel ? { label: healthLabel } : {})} /> : null}
      </div>
      {error ? (
        <p className="text-xs text-bad">{adviceOn(error).title}</p>
      ) : count === null ? (
        <Skeleton className="h-8 w-24" />
      ) : (
        <p>
          <span className="text-2xl font-semibold tracking-tight tabular-nums">{count}</span>{' '}
          <span className="text-muted">{count === '1' ? unit[0] : unit[1]}</span>
        </p>
      )}
      <p className="mt-auto line-clamp-2 text-xs text-muted">{newest ?? (count === null ? '' : 'Nothing yet')}</p>
    </li>
  );
};
