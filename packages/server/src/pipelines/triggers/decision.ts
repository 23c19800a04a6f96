import type { Event, TriggerDecision } from '@millwright/contract';

/** Ends with a full stop, so that another sentence can follow. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const iso = (atMs: number): string => new Date(atMs).toISOString();

/** Why an event would start a run: the reason its sender gave, else what it is about. */
export const causeOfEvent = (event: Pick<Event, 'type' | 'subjectType' | 'subjectId' | 'data'>): string => {
  const { reason } = event.data;
  const given = typeof reason === 'string' ? reason.replaceAll('\u0000', '').trim().slice(0, 1000) : '';
  return sentence(given === '' ? `${event.type} came in for the ${event.subjectType} ${event.subjectId}` : given);
};

export const causeOfSchedule = (schedule: { cron: string; timeZone: string; dueAt: number }): string =>
  `The schedule ${schedule.cron} (${schedule.timeZone}) came due at ${iso(schedule.dueAt)}.`;

/** What is made of a trigger. Switched off comes before under way, that before cooling down. */
export const decideTrigger = (input: {
  cause: string;
  enabled: boolean;
  activeRunNumber: number | null;
  lastStartedAt: number | null;
  coolDownMs: number;
  now: number;
}): Pick<TriggerDecision, 'decision' | 'reason'> => {
  if (!input.enabled)
    return { decision: 'disabled', reason: `${input.cause} Not followed: the pipeline is switched off.` };
  if (input.activeRunNumber !== null)
    return {
      decision: 'already-running',
      reason: `${input.cause} Not followed: run ${input.activeRunNumber} is still under way.`,
    };
  const coolUntil = input.lastStartedAt === null ? 0 : input.lastStartedAt + input.coolDownMs;
  if (input.lastStartedAt !== null && input.now < coolUntil)
    return {
      decision: 'cooling-down',
      reason: `${input.cause} Not followed: the last run began at ${iso(input.lastStartedAt)}, and the pipeline cools down until ${iso(coolUntil)}.`,
    };
  return { decision: 'started', reason: input.cause };
};
