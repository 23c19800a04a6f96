import { type Artifact, type Run, listArtifacts } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { queryFor } from '../../../api/queries.ts';
import { useProject } from '../../../app/location.ts';

const againMs = 3000;

/** The files of a run; while it goes on and somebody looks at what it writes, read again. */
export const useFiles = (run: Run, isFollowing = false) =>
  useQuery({
    ...queryFor(listArtifacts, { params: { project: useProject(), run: run.id } }),
    select: (reply: { items: Artifact[] }) => reply.items,
    refetchInterval: isFollowing && run.status === 'running' ? againMs : false,
  });
