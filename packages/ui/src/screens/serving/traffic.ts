import type { Endpoint, Rollout } from '@millwright/contract';
import type { SharePart } from '../../charts/prepare/shares.ts';

/** Who gets how much of the traffic of an endpoint. */
export const trafficOf = (endpoint: Pick<Endpoint, 'variants'>): SharePart[] =>
  endpoint.variants.map(({ role, number, weight }) => ({ entity: role, label: `${role} v${number}`, share: weight }));

/** The same of a rollout, while it runs and after it ended. */
export const rolloutTraffic = (rollout: Pick<Rollout, 'champion' | 'challenger' | 'weight'>): SharePart[] => [
  { entity: 'champion', label: `champion v${rollout.champion.number}`, share: 1 - rollout.weight },
  { entity: 'challenger', label: `challenger v${rollout.challenger.number}`, share: rollout.weight },
];

/** What became of the predictions: kept, not yet written, lost. Empty without predictions. */
export const captureOf = ({
  predictions,
  captured,
  dropped,
}: Pick<Endpoint, 'predictions' | 'captured' | 'dropped'>): SharePart[] => {
  const total = Math.max(predictions, captured + dropped);
  if (total === 0) return [];
  const parts = [
    { entity: 'captured', label: 'captured', share: captured / total },
    { entity: 'not yet captured', label: 'not yet written', share: (total - captured - dropped) / total },
    { entity: 'dropped', label: 'dropped', share: dropped / total },
  ];
  return parts.filter((part) => part.share > 0 || part.entity === 'captured');
};

/** The version an endpoint goes back to when its champion is taken back; null where no rollout tells. */
export const championBefore = (endpoint: Pick<Endpoint, 'variants'>, rollouts: readonly Rollout[]): number | null => {
  const champion = endpoint.variants.find((variant) => variant.role === 'champion');
  const promotion = [...rollouts]
    .filter((rollout) => rollout.state === 'promoted')
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0];
  return promotion && promotion.challenger.modelVersionId === champion?.modelVersionId
    ? promotion.champion.number
    : null;
};
