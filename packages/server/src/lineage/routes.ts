import { getLineage } from '@millwright/contract';
import type { Api } from '#platform/http';
import type { LineageService } from './service.ts';

export const routes = (api: Api, service: LineageService): void => {
  api.serve(getLineage, ({ params, query }) =>
    service.lineageOf(
      params.project,
      { type: params.type, id: params.id },
      {
        direction: query.direction ?? 'both',
        depth: query.depth ?? 6,
      },
    ),
  );
};
