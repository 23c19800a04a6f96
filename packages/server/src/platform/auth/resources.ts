import { fail } from '#platform/errors';

/** Answers the id of a resource that is named by its id or its name, null when the project has none. */
export type ResourceResolver = (project: string, ref: string) => Promise<string | null>;

export interface Resources {
  declare(type: string, resolver: ResourceResolver): void;
  idOf(type: string, project: string, ref: string): Promise<string | null>;
  types(): string[];
}

/** Modules declare how their resources are named, so that a role granted on one holds however a request names it. */
export const createResources = (): Resources => {
  const resolvers = new Map<string, ResourceResolver>();
  return {
    declare(type, resolver) {
      if (resolvers.has(type)) throw new Error(`resources of type '${type}' are declared twice`);
      resolvers.set(type, resolver);
    },
    idOf: async (type, project, ref) => (await resolvers.get(type)?.(project, ref)) ?? null,
    types: () => [...resolvers.keys()].sort(),
  };
};

/** The form a grant is stored in: `type/id`, whatever the admin typed, or `type/*`. */
export const storedResource = async (resources: Resources, project: string, resource: string): Promise<string> => {
  const [type = '', ref = ''] = resource.split('/');
  const types = resources.types();
  if (!types.includes(type))
    return fail('INVALID_REFERENCE', `Roles cannot be granted on a '${type}', only on: ${types.join(', ')}.`);
  if (ref === '*') return resource;
  const id = await resources.idOf(type, project, ref);
  return id === null
    ? fail('INVALID_REFERENCE', `There is no ${type} '${ref}' in project '${project}'.`)
    : `${type}/${id}`;
};
