import type { Event, Incident, PipelineRun } from '@millwright/contract';

/** The event by which an incident of this kind starts pipelines; a loss of captured predictions starts none. */
export const eventTypeOf = (kind: Incident['kind']): string | null =>
  kind === 'drift' ? 'monitoring.drift-confirmed' : kind === 'performance' ? 'monitoring.performance-degraded' : null;

/** The pipeline runs an incident started: those whose trigger is an event of its kind, at its endpoint, while it lasted. */
export const runsStartedBy = (
  incident: Pick<Incident, 'kind' | 'endpointId' | 'openedAt' | 'resolvedAt'>,
  events: readonly Event[],
  runs: readonly PipelineRun[],
): PipelineRun[] => {
  const until = incident.resolvedAt ?? Number.POSITIVE_INFINITY;
  const causes = new Set(
    events
      .filter(
        (event) =>
          event.type === eventTypeOf(incident.kind) &&
          event.subjectId === incident.endpointId &&
          event.at >= incident.openedAt &&
          event.at <= until,
      )
      .map((event) => event.id),
  );
  return runs.filter((run) => run.trigger.eventId !== null && causes.has(run.trigger.eventId));
};
