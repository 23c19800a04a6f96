import type { Signature } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { OnnxVersion } from '#registry';
import type { ServedModels } from '../dependencies.ts';
import type { EndpointRow } from '../tables.ts';

/** What requests and answers look like; classes may differ, they are the model's business. */
const formOf = ({ task, inputs, outputs }: Signature): string =>
  JSON.stringify([
    task,
    inputs.map(({ name, datatype, shape }) => [name, datatype, shape]).sort(),
    outputs.map(({ name, datatype }) => [name, datatype]).sort(),
  ]);

/** Errors: INVALID_REFERENCE (unknown, of another model), CONFLICT (champion already, not approved), MODEL_REFUSED (other inputs). */
export const findChallenger = async (
  registry: Pick<ServedModels, 'onnxVersion'>,
  ctx: Ctx,
  { endpoint, champion, versionId }: { endpoint: EndpointRow; champion: OnnxVersion; versionId: string },
): Promise<OnnxVersion> => {
  const version = await registry.onnxVersion(ctx, versionId).catch((error: unknown) => {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return fail('INVALID_REFERENCE', error.message);
    throw error;
  });
  if (version.modelId !== endpoint.model_id)
    fail(
      'INVALID_REFERENCE',
      `Version ${versionId} belongs to the model '${version.modelName}', the endpoint serves '${endpoint.model_name}'.`,
    );
  if (version.id === champion.id)
    fail('CONFLICT', `Version ${version.number} is the champion of '${endpoint.name}' already.`);
  if (version.approval.state !== 'approved')
    fail('CONFLICT', `Version ${version.number} is not approved. Approve it first: millwright model-versions decide.`);
  if (formOf(version.signature) !== formOf(champion.signature))
    fail(
      'MODEL_REFUSED',
      `Version ${version.number} does not take and give what version ${champion.number} does. The same requests must fit both: give it an endpoint of its own.`,
    );
  return version;
};
