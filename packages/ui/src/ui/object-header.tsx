import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { ScreenLink } from '../app/links.tsx';
import { useProject, useScreenSearch } from '../app/location.ts';
import { Badge, Status } from './badge.tsx';
import { type Tab, Tabs } from './tabs.tsx';

export interface ObjectPageProps {
  /** The stage and whatever lies between it and this object. */
  trail: readonly { label: string; path: string }[];
  kind: string;
  name: string;
  version?: string;
  /** The worst of its parts. */
  health?: string | null;
  owner?: string;
  facts?: ReactNode;
  /** The one thing people come here to do, and others beside it. */
  actions?: ReactNode;
  /** Overview, Lineage, Versions, Monitoring, Governance, Activity: those that apply, in this order. */
  tabs: readonly Tab[];
}

/** The page of one object: what it is, how it fares, who owns it, what can be done, and its tabs (`tab` in the address). */
export const ObjectPage = ({ trail, kind, name, version, health, owner, facts, actions, tabs }: ObjectPageProps) => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  return (
    <>
      <nav aria-label="Trail" className="mb-1 flex flex-wrap items-center gap-1 text-xs text-muted">
        {trail.map((step) => (
          <span key={step.path} className="inline-flex items-center gap-1">
            <ScreenLink
              to={`/p/${project}/${step.path}`}
              className="inline-flex min-h-6 items-center hover:text-ink hover:underline"
            >
              {step.label}
            </ScreenLink>
            <ChevronRight aria-hidden size={12} />
          </span>
        ))}
        <span>{kind}</span>
      </nav>
      <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{name}</h1>
        {version ? <Badge tone="accent">{version}</Badge> : null}
        {health ? <Status state={health} /> : null}
        {owner ? (
          <span className="text-muted">
            Owner <span className="text-ink">{owner}</span>
          </span>
        ) : null}
        {facts}
        <div className="flex flex-1 flex-wrap items-center justify-end gap-2">{actions}</div>
      </header>
      <Tabs
        label={name}
        tabs={tabs}
        value={search['tab'] ?? tabs[0]?.id ?? ''}
        onChange={(tab) => change({ tab: tab === tabs[0]?.id ? null : tab })}
      />
    </>
  );
};
