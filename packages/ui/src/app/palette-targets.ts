import {
  listDatasets,
  listEndpoints,
  listExperiments,
  listModels,
  listPipelines,
  listRuns,
} from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor } from '../api/queries.ts';
import { pathOf } from './links.tsx';
import { screens } from './routes.ts';
import { stages } from './stages.ts';

export interface Target {
  name: string;
  kind: string;
  path: string;
}

const sources = [
  { operation: listDatasets, type: 'dataset', kind: 'Data set' },
  { operation: listExperiments, type: 'experiment', kind: 'Experiment' },
  { operation: listPipelines, type: 'pipeline', kind: 'Pipeline' },
  { operation: listModels, type: 'model', kind: 'Model' },
  { operation: listEndpoints, type: 'endpoint', kind: 'Endpoint' },
  { operation: listRuns, type: 'run', kind: 'Run' },
] as const;

/** Everything the palette can go to: the screens without parameters, and the newest objects of each kind by name. */
export const useTargets = (project: string): { targets: readonly Target[]; loading: boolean } => {
  const answers = useQueries({
    queries: sources.map(({ operation }) => ({
      ...queryFor(operation as typeof listDatasets, { params: { project }, query: { limit: 200 } }),
      staleTime: 30_000,
    })),
    combine: (results) => ({
      pages: results.map((result) => result.data?.items),
      loading: results.some((result) => result.isPending),
    }),
  });
  const targets = useMemo(() => {
    const places = screens
      .filter((screen) => !screen.path.includes('$'))
      .map((screen): Target => ({ name: screen.title, kind: 'Screen', path: `/p/${project}/${screen.path}` }))
      .sort((a, b) => order(a, project) - order(b, project));
    const objects = sources.flatMap(({ type, kind }, index) =>
      (answers.pages[index] ?? []).map(
        (item): Target => ({ name: item.name || item.id, kind, path: pathOf(project, type, item.id) ?? '' }),
      ),
    );
    return [...places, ...objects];
  }, [answers.pages, project]);
  return { targets, loading: answers.loading };
};

const order = (target: Target, project: string) =>
  stages.findIndex((stage) => target.path.startsWith(`/p/${project}/${stage.id}`));
