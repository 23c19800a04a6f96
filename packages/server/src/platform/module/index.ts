import type { Platform } from '#platform/core';
import type { Api } from '#platform/http';

/** A stage of the life cycle: what it can do, its routes, and its background work. */
export interface ModuleDefinition<Deps, Service> {
  name: string;
  /** Makes the service. Registers step kinds, resolvers and event subscribers with earlier modules here. */
  create(platform: Platform, deps: Deps): Service;
  routes?(api: Api, service: Service): void;
  jobs?(platform: Platform, service: Service): void;
  /** Undoes what `create` opened. */
  close?(service: Service): Promise<void>;
}

export const defineModule = <Deps, Service>(
  definition: ModuleDefinition<Deps, Service>,
): ModuleDefinition<Deps, Service> => definition;
