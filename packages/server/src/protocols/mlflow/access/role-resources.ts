import type { Role } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Ctx, TeamGrant } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import { experimentOf } from '../experiments/experiments.ts';
import { modelNamed } from '../registry/model-names.ts';
import type { Fields } from '../wire/fields.ts';
import { levels } from './levels.ts';

/** What MLflow's roles may be about. */
const types =
  'assessment experiment gateway_endpoint gateway_model_definition gateway_secret logged_model mcp_server mcp_server_version prompt prompt_version registered_model registered_model_version review_queue run scorer scorer_version skill trace workspace'.split(
    ' ',
  );
const grantable = { workspace: ['MANAGE', 'USE'], other: ['DENY', 'EDIT', 'MANAGE', 'READ', 'USE'] };
const known = ['READ', 'USE', 'EDIT', 'MANAGE', 'NO_PERMISSIONS', 'DENY'];

const tuple = (names: readonly string[]): string => `(${names.map((name) => `'${name}'`).join(', ')})`;

/** Errors: INVALID_INPUT, also for what a role here only ever gives and never takes: DENY. */
export const grantedRole = (input: Fields, type: string): { role: Role; level: string } => {
  const level = input.requiredText('permission');
  if (!known.includes(level))
    fail('INVALID_INPUT', `Invalid permission '${level}'. Valid permissions are: ${tuple(known)}`);
  if (!types.includes(type))
    fail('INVALID_INPUT', `Invalid resource type '${type}'. Valid resource types are: ${tuple(types)}`);
  const allowed = type === 'workspace' ? grantable.workspace : grantable.other;
  if (!allowed.includes(level))
    fail(
      'INVALID_INPUT',
      `Invalid permission '${level}' for resource_type='${type}'. ` +
        `${type === 'workspace' ? 'Workspace-wide' : 'Resource-level'} grants accept only: ${tuple(allowed)}.`,
    );
  if (level === 'DENY')
    fail('INVALID_INPUT', "'DENY' cannot be granted here: roles only give. Take away the role that gives too much.");
  return { level, role: levels[level as 'READ' | 'USE' | 'EDIT' | 'MANAGE'] };
};

export type RoleResources = ReturnType<typeof createRoleResources>;

/** Between the names of resources that MLflow's clients use and those that grants have here. */
export const createRoleResources = (experiments: ExperimentsService, registry: RegistryService) => ({
  /** `ctx`: in the project of the role. Errors: INVALID_INPUT, NOT_FOUND. */
  async fromWire(ctx: Ctx, type: string, pattern: string): Promise<string> {
    if (type === 'workspace') {
      if (pattern === '*') return '*';
      return fail(
        'INVALID_INPUT',
        `Invalid resource_pattern '${pattern}' for resource_type='workspace'. This resource type supports only wildcard ('*') grants.`,
      );
    }
    if (type === 'experiment')
      return `experiment/${pattern === '*' ? '*' : (await experimentOf(experiments, ctx, pattern)).id}`;
    if (type === 'registered_model')
      return `model/${pattern === '*' ? '*' : (await modelNamed(registry, ctx, pattern)).id}`;
    return fail(
      'INVALID_INPUT',
      `Roles are given here in a workspace, on experiments and on registered models, with all they hold; not on '${type}'.`,
    );
  },
  /** What is gone for good keeps its id. */
  async toWire(ctx: Ctx, resource: string): Promise<{ resource_type: string; resource_pattern: string }> {
    if (resource === '*') return { resource_type: 'workspace', resource_pattern: '*' };
    const [type = '', ref = ''] = resource.split('/');
    const isExperiment = type === 'experiment';
    // What MLflow does not know has its name here.
    if (!isExperiment && type !== 'model') return { resource_type: type, resource_pattern: ref };
    const named = async (): Promise<string> =>
      isExperiment
        ? String((await experiments.findExperiment(ctx, ref)).number)
        : (await registry.getModel(ctx, ref)).name;
    const pattern =
      ref === '*'
        ? ref
        : await named().catch((error: unknown) => {
            if (isMillwrightError(error) && error.code === 'NOT_FOUND') return ref;
            throw error;
          });
    return { resource_type: isExperiment ? 'experiment' : 'registered_model', resource_pattern: pattern };
  },
  /** The type that a role was given on. */
  typeOf({ resource }: TeamGrant): string {
    const [type = ''] = resource.split('/');
    return { '*': 'workspace', model: 'registered_model' }[type] ?? type;
  },
});
