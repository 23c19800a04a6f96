import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useProject } from './location.ts';

const places: Record<string, (id: string) => string> = {
  dataset: (id) => `data/${id}`,
  'dataset-version': (id) => `data/versions/${id}`,
  experiment: (id) => `experiments/${id}`,
  run: (id) => `experiments/runs/${id}`,
  report: (id) => `experiments/reports/${id}`,
  pipeline: (id) => `pipelines/${id}`,
  'pipeline-run': (id) => `pipelines/runs/${id}`,
  evaluation: (id) => `evaluation/${id}`,
  model: (id) => `registry/${id}`,
  'model-version': (id) => `registry/versions/${id}`,
  'approval-request': (id) => `registry/approvals/${id}`,
  endpoint: (id) => `serving/${id}`,
  rollout: (id) => `serving/rollouts/${id}`,
  monitor: (id) => `monitoring/${id}`,
  incident: (id) => `monitoring/incidents/${id}`,
  job: (id) => `system/jobs?peek=${id}`,
  channel: (id) => `governance/notifications?peek=${id}`,
  delivery: (id) => `governance/deliveries?peek=${id}`,
  project: () => 'overview',
};

/** Where an object is shown, or null for kinds that have no page of their own. */
export const pathOf = (project: string, type: string, id: string): string | null => {
  const place = Object.hasOwn(places, type) ? places[type] : undefined;
  return place ? `/p/${encodeURIComponent(project)}/${place(encodeURIComponent(id))}` : null;
};

export interface ObjectLinkProps {
  type: string;
  id: string;
  children: ReactNode;
  className?: string;
}
/** A link to an object by its kind and id; plain text where it has no page. */
export const ObjectLink = ({
  type,
  id,
  children,
  className = 'text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent',
}: ObjectLinkProps) => {
  const path = pathOf(useProject(), type, id);
  if (path === null) return <span>{children}</span>;
  return (
    <ScreenLink to={path} className={className}>
      {children}
    </ScreenLink>
  );
};

export interface ScreenLinkProps {
  to: string;
  children: ReactNode;
  className?: string;
  /** Says that this is where the reader is. */
  current?: boolean;
  'aria-label'?: string;
}
/** A link to a path that may carry a query. */
export const ScreenLink = ({ to, current = false, ...rest }: ScreenLinkProps) => {
  const [path, query] = to.split('?', 2);
  return (
    <Link
      to={path as string}
      search={Object.fromEntries(new URLSearchParams(query ?? '')) as never}
      activeProps={{}}
      aria-current={current ? 'page' : undefined}
      {...rest}
    />
  );
};
