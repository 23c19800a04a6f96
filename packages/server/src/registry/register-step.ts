import { ApprovalMode, Count, Id, ModelName, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import type { StepKind } from '#pipelines';
import type { RegistryService } from './service.ts';

const input = Strict({
  runId: Id,
  evaluationId: Type.Optional(Id),
  model: ModelName,
  approval: Type.Optional(ApprovalMode),
});
const output = Type.Object({ modelVersionId: Id, number: Count, approved: Type.Boolean() });

/** How often a step looks whether somebody has decided. */
const lookAgainInMs = 2000;

/** The step kind that makes a version of what was trained, and waits for its approval where a person must give it. */
export const registerStep = (registry: RegistryService): StepKind<typeof input, typeof output> => ({
  kind: 'registry.register',
  summary:
    'Registers the model of a training run as a new version and waits for its approval where a person must give it',
  input,
  output,
  async run({ ctx, input: { model: name, approval, runId, evaluationId }, stepRunId, log }) {
    const model = await registry.ensureModel(ctx, { name, ...(approval === undefined ? {} : { approval }) });
    const version = await registry.registerVersion(ctx, model.id, {
      runId,
      originKey: stepRunId,
      ...(evaluationId === undefined ? {} : { evaluationId }),
    });
    const title = `version ${version.number} of '${name}'`;
    const { state, by, reason } = version.approval;
    if (state === 'rejected')
      return {
        state: 'stopped',
        message: `${by} rejected ${title}: ${reason}`,
        output: { modelVersionId: version.id, number: version.number, approved: false },
      };
    if (state === 'pending' && model.approval === 'manual')
      return {
        state: 'waiting',
        againInMs: lookAgainInMs,
        message: `Waiting until somebody other than ${version.createdBy} approves ${title}.`,
      };
    if (state === 'pending' && version.tests?.state === 'queued')
      return { state: 'waiting', againInMs: lookAgainInMs, message: `${title} is put to the tests of its model.` };
    const message =
      state === 'approved'
        ? `Registered ${title}, approved by ${by}.`
        : version.tests?.state === 'red'
          ? `Registered ${title}. It is not approved: it does not pass the tests of its model.`
          : `Registered ${title}. It is not approved: there is no green gate.`;
    log(message);
    return {
      state: 'succeeded',
      message,
      output: { modelVersionId: version.id, number: version.number, approved: state === 'approved' },
    };
  },
});
