import type { Log } from '#platform/log';
import type { ServedModels } from '../dependencies.ts';
import type { InferencePool } from '../runtimes/inference-pool.ts';
import { createBreaker } from './breaker.ts';
import { HeldModels } from './held-models.ts';
import type { EndpointRoute, VariantState, WantedRoute } from './route.ts';

interface Entry {
  wanted: WantedRoute;
  models: HeldModels;
  route: EndpointRoute;
  waiters: (() => void)[];
}

const settleMs = 10_000;

/**
 * Which model versions answer for which endpoint, in memory. A new champion takes over only once it is loaded and was run;
 * until then the one before it answers.
 */
export class Router {
  readonly #parts: { models: ServedModels; pool: InferencePool; log: Log };
  readonly #entries = new Map<string, Entry>();
  readonly #byName = new Map<string, Entry>();

  constructor(parts: { models: ServedModels; pool: InferencePool; log: Log }) {
    this.#parts = parts;
  }

  byName(name: string): EndpointRoute | undefined {
    return this.#byName.get(name)?.route;
  }

  byId(endpointId: string): EndpointRoute | undefined {
    return this.#entries.get(endpointId)?.route;
  }

  routes(): EndpointRoute[] {
    return [...this.#entries.values()].map(({ route }) => route);
  }

  /** Takes over what the database says. Loading goes on in the background. */
  set(wanted: WantedRoute): void {
    let entry = this.#entries.get(wanted.endpointId);
    if (!entry) {
      const created: Entry = {
        wanted,
        models: new HeldModels({ ...this.#parts, project: wanted.project, changed: () => this.#apply(created) }),
        route: { ...wanted, champion: null, challenger: null, states: [] },
        waiters: [],
      };
      entry = created;
      this.#entries.set(wanted.endpointId, entry);
      this.#byName.set(wanted.name, entry);
    }
    entry.wanted = wanted;
    const ids = [
      wanted.championVersionId,
      wanted.previousVersionId,
      wanted.rollout?.challengerVersionId,
      entry.route.champion?.version.id,
    ];
    entry.models.keep(new Set(ids.filter((id) => id != null)));
    this.#apply(entry);
  }

  /** Resolves when everything wanted is loaded or has failed; at the latest after ten seconds. */
  async settled(endpointId: string): Promise<void> {
    const entry = this.#entries.get(endpointId);
    if (!entry || isSettled(entry)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, settleMs);
      entry.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.models.close();
    this.#entries.clear();
    this.#byName.clear();
  }

  #apply(entry: Entry): void {
    const { wanted, models } = entry;
    const champion = models.variant(wanted.championVersionId);
    const challenger = wanted.rollout && models.variant(wanted.rollout.challengerVersionId);
    const known = entry.route.challenger;
    entry.route = {
      endpointId: wanted.endpointId,
      project: wanted.project,
      name: wanted.name,
      unitColumn: wanted.unitColumn,
      champion: champion ?? entry.route.champion,
      // Only beside the champion it is compared with.
      challenger:
        wanted.rollout && challenger && champion
          ? {
              variant: challenger,
              rolloutId: wanted.rollout.id,
              weight: wanted.rollout.weight,
              breaker: known?.rolloutId === wanted.rollout.id ? known.breaker : createBreaker(),
            }
          : null,
      states: statesOf(wanted, models),
    };
    if (champion)
      models.keep(
        new Set(
          [wanted.championVersionId, wanted.previousVersionId, wanted.rollout?.challengerVersionId].filter(
            (id) => id != null,
          ),
        ),
      );
    if (isSettled(entry)) for (const waiter of entry.waiters.splice(0)) waiter();
  }
}

const statesOf = (wanted: WantedRoute, models: HeldModels): VariantState[] => {
  const weight = wanted.rollout?.weight ?? 0;
  const champion: VariantState = {
    role: 'champion',
    versionId: wanted.championVersionId,
    weight: 1 - weight,
    ...models.stateOf(wanted.championVersionId),
  };
  if (!wanted.rollout) return [champion];
  const { challengerVersionId } = wanted.rollout;
  return [
    champion,
    { role: 'challenger', versionId: challengerVersionId, weight, ...models.stateOf(challengerVersionId) },
  ];
};

const isSettled = (entry: Entry): boolean => entry.route.states.every(({ state }) => state !== 'loading');
