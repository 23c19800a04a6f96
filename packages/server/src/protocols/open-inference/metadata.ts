import { fail } from '#platform/errors';
import type { EndpointRoute } from '#serving';

/** Metadata of a model: of the version asked for, else of the one that answers most requests. */
export const modelMetadata = (route: EndpointRoute, number: number | undefined) => {
  const state =
    number === undefined
      ? route.states.find(({ version }) => version?.id === route.champion?.version.id)
      : route.states.find(({ version }) => version?.number === number);
  const version =
    state?.version ??
    route.champion?.version ??
    fail('MODEL_NOT_READY', `The model of '${route.name}' is still loading.`);
  const { signature } = version;
  return {
    name: route.name,
    versions: route.states.flatMap((one) => (one.version ? [String(one.version.number)] : [])),
    platform: 'onnx_onnxruntime',
    inputs: signature.inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    outputs: signature.outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    properties: { task: signature.task, target: signature.target, model: version.modelName, digest: version.digest },
  };
};
