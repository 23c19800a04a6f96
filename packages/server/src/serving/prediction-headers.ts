import type { InferAnswer } from './predict.ts';

/** What a caller may want to know without reading the body. */
export const predictionHeaders = ({ variant, modelVersion, predictionId }: InferAnswer): [string, string][] => [
  ['x-millwright-variant', variant],
  ['x-millwright-model-version', String(modelVersion)],
  ['x-millwright-prediction-id', predictionId],
];
