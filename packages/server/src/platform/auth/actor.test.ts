import { describe, expect, it } from 'vitest';
import { type Actor, type ActorGrant, allowedOn, mayDependOnResource } from './actor.ts';

const actor = (grants: Partial<ActorGrant>[], limits: Actor['limits'] = null): Actor => ({
  id: 'usr_1',
  name: 'ann',
  kind: 'user',
  via: 'token',
  grants: grants.map((grant) => ({ role: 'viewer', project: 'default', resource: null, ...grant })),
  limits,
});
const read = (of: Actor) => allowedOn(of, 'run:read', 'default', 'experiment');

describe('what a caller may list', () => {
  it('is everything with a role in the project, on the instance, or on all of the type', () => {
    for (const grant of [{}, { project: null }, { resource: 'experiment/*' }]) expect(read(actor([grant]))).toBeNull();
  });

  it('is otherwise what roles name there', () => {
    const grants = [
      { resource: 'experiment/exp_1' },
      { resource: 'model/mdl_1' },
      { resource: 'experiment/exp_2', project: 'vision' },
      { resource: 'experiment/exp_3', role: 'editor' as const },
    ];
    expect(read(actor(grants))).toEqual(['exp_1', 'exp_3']);
    expect(allowedOn(actor(grants), 'run:write', 'default', 'experiment')).toEqual(['exp_3']);
    expect(read(actor([]))).toEqual([]);
  });

  it('is nothing beyond the limits of a token', () => {
    const grants = [{ resource: 'experiment/exp_1' }];
    for (const limits of [
      { permissions: ['model:read' as const], project: null },
      { permissions: null, project: 'vision' },
    ]) {
      expect(read(actor(grants, limits))).toEqual([]);
      expect(read(actor([{}], limits))).toEqual([]);
      expect(mayDependOnResource(actor(grants, limits), 'run:read', 'default', 'experiment')).toBe(false);
    }
    expect(mayDependOnResource(actor(grants), 'run:read', 'default', 'experiment')).toBe(true);
  });
});
