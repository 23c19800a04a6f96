import type { RequestState } from '@millwright/contract';
import type { Change } from '#platform/change';
import type { SavedVersion } from '../versions/store.ts';
import { closeRequest, openRequests, type SavedRequest } from './store.ts';

type About = Pick<SavedVersion, 'modelName' | 'number'>;

/** It asks for the approval alone, and for nothing to be moved. */
export const isOfVersion = ({ alias, stage }: Pick<SavedRequest, 'alias' | 'stage'>): boolean =>
  alias === null && stage === null;

/** What everybody is told of a request. */
export const toldOf = (request: SavedRequest, { modelName, number }: About) => ({
  modelId: request.modelId,
  modelName,
  modelVersionId: request.modelVersionId,
  number,
  alias: request.alias,
  stage: request.stage,
});

/** With audit and event; nothing happens to one that is closed already. */
export const close = async (
  change: Change,
  request: SavedRequest,
  about: About,
  { state, by, reason }: { state: RequestState; by: string; reason: string },
): Promise<void> => {
  if (!(await closeRequest(change.db, request.id, { state, by, at: change.now, reason }))) return;
  const told = { ...toldOf(request, about), state, by, reason };
  change.audit({
    verb: 'approval.close',
    resourceType: 'model-version',
    resourceId: request.modelVersionId,
    detail: { requestId: request.id, ...told, boundTo: request.boundTo },
  });
  change.emit('registry.approval-closed', request.id, told);
};

/** Every open request of a version that holds no longer. */
export const closeOpen = async (
  change: Change,
  version: Pick<SavedVersion, 'id' | 'project' | 'modelName' | 'number'>,
  closed: { state: RequestState; by: string; reason: string },
  wanted: (request: SavedRequest) => boolean = () => true,
): Promise<void> => {
  for (const request of await openRequests(change.db, version.project, version.id))
    if (wanted(request)) await close(change, request, version, closed);
};
