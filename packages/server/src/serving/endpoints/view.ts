import type { Endpoint } from '@millwright/contract';
import type { EndpointRow } from '../tables.ts';
import type { EndpointRoute } from './route.ts';

/** An endpoint as the contract shows it. `weight` of a challenger is the share of units it gets. */
export const endpointView = (row: EndpointRow, route: EndpointRoute | undefined, dropped: number): Endpoint => {
  const variants = (route?.states ?? []).flatMap((state) =>
    // Until its version was read there is no number to show.
    state.version
      ? [
          {
            role: state.role,
            modelVersionId: state.versionId,
            modelName: state.version.modelName,
            number: state.version.number,
            weight: state.weight,
            state: state.state,
            message: state.message,
          },
        ]
      : [],
  );
  const captured = Number(row.captured);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    modelId: row.model_id,
    modelName: row.model_name,
    signature: route?.champion?.version.signature ?? null,
    variants,
    unitColumn: row.unit_column,
    rolloutId: row.rollout_id,
    owner: row.owner,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    predictions: captured + dropped,
    captured,
    dropped,
    labels: Number(row.labels),
    health: healthOf(route, captured, dropped),
  };
};

/** Failing: the champion cannot answer. Warning: a challenger cannot, or more than one in a thousand predictions was not captured. */
const healthOf = (route: EndpointRoute | undefined, captured: number, dropped: number): Endpoint['health'] => {
  if (route?.states.some(({ role, state }) => role === 'champion' && state === 'failed')) return 'failing';
  if (route?.states.some(({ state }) => state === 'failed') || dropped > (captured + dropped) / 1000) return 'warning';
  return captured === 0 ? 'empty' : 'ok';
};
