/** Outputs of steps name objects by keys that end in `Id`; which kind each key means. */
const kinds: Record<string, string> = {
  datasetId: 'dataset',
  datasetVersionId: 'dataset-version',
  runId: 'run',
  evaluationId: 'evaluation',
  modelId: 'model',
  modelVersionId: 'model-version',
  versionId: 'model-version',
  endpointId: 'endpoint',
  rolloutId: 'rollout',
};

/** The objects a step made or used, found in its output. */
export const objectsIn = (output: Readonly<Record<string, unknown>> | null): { type: string; id: string }[] =>
  Object.entries(output ?? {}).flatMap(([key, value]) => {
    const type = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    return type && typeof value === 'string' && value !== '' ? [{ type, id: value }] : [];
  });
