import { type Artifact, getArtifact } from '@millwright/contract';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../../api/client.ts';
import { useProject } from '../../app/location.ts';

export const textAtMostBytes = 512 * 1024;

interface Place {
  project: string;
  runId: string;
  artifact: Artifact;
}
// By its digest: a file that is written again is another one.
const keyOf = (kind: string, { project, runId, artifact: { path, digest } }: Place) =>
  ['artifactContent', kind, project, runId, path, digest] as const;

/** What a file says, at most so many bytes from its begin. */
export const textOf = (place: Place, atMostBytes = textAtMostBytes) =>
  queryOptions({
    queryKey: [...keyOf('text', place), atMostBytes],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const { project, runId, artifact } = place;
      if (artifact.sizeBytes === 0) return '';
      const input = { params: { project, run: runId }, query: { path: artifact.path } };
      const headers = { range: `bytes=0-${atMostBytes - 1}` };
      return (await client.open(getArtifact, input, { signal, headers })).text();
    },
  });

export const useArtifactText = (runId: string, artifact: Artifact, atMostBytes = textAtMostBytes) =>
  useQuery(textOf({ project: useProject(), runId, artifact }, atMostBytes));

/** The bytes of a file, whole. */
export const useArtifactBlob = (runId: string, artifact: Artifact) => {
  const project = useProject();
  return useQuery({
    queryKey: keyOf('blob', { project, runId, artifact }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const input = { params: { project, run: runId }, query: { path: artifact.path } };
      return (await client.open(getArtifact, input, { signal })).blob();
    },
  });
};
