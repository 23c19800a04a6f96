import type { Change } from '#platform/change';
import type { IncidentRecord, Step } from './incident.ts';
import { insertIncident, updateIncident } from './store.ts';

export const emitChanged = (change: Change, incident: IncidentRecord): void => {
  const { endpointId, kind, severity, state, title, columns } = incident;
  change.emit('monitoring.incident-changed', incident.id, { endpointId, kind, severity, state, title, columns });
};

/** Writes what a step did, within the change that took it. Opening and resolving are audited. */
export const recordStep = async (change: Change, project: string, step: Step): Promise<void> => {
  if (step.kind === 'unchanged') return;
  const { incident, reason } = step;
  if (step.kind === 'opened') await insertIncident(change.db, project, incident);
  else await updateIncident(change.db, project, incident);
  if (step.kind === 'counted') return;
  emitChanged(change, incident);
  if (step.kind === 'updated') return;
  change.audit({
    verb: step.kind === 'opened' ? 'incident.open' : 'incident.resolve',
    resourceType: 'incident',
    resourceId: incident.id,
    detail: { endpointId: incident.endpointId, kind: incident.kind, title: incident.title, reason },
  });
};
