import type { Event, TopicName } from '@millwright/contract';
import type { Ctx } from '#platform/auth';

export interface Happening {
  topic: TopicName;
  /** With the data of the event, and the filter of the condition for `metric-condition`. */
  event: Pick<Event, 'id' | 'type' | 'project' | 'at' | 'subjectType' | 'subjectId' | 'data'>;
  summary: string;
}

/** How a channel of kind `webhook` words what happened. Protocols add their own. */
export interface Format {
  /** null: this channel is not told of it after all. `options`: as the channel keeps them for its format. */
  bodyOf(happening: Happening, options: Record<string, unknown>, ctx: Ctx): Promise<string | null>;
  /** What a test sends. */
  exampleOf(happening: Happening, options: Record<string, unknown>): string;
}

const wording = ({ topic, event, summary }: Happening): string =>
  JSON.stringify({
    topic,
    summary,
    project: event.project,
    at: event.at,
    event: { id: event.id, type: event.type },
    subject: { type: event.subjectType, id: event.subjectId },
    data: event.data,
  });

export const nativeFormat: Format = {
  bodyOf: async (happening) => wording(happening),
  exampleOf: wording,
};

/** In Slack's markup three characters mean something. */
export const slackBody = ({ summary, event }: Happening): string => {
  const plain = summary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ text: `${plain} (project ${event.project ?? ''}, ${event.subjectType} ${event.subjectId})` });
};

/** The first line is the subject. */
export const mailBody = ({ summary, event, topic }: Happening): string =>
  [
    summary.replace(/[\r\n]+/g, ' '),
    '',
    `Project: ${event.project ?? ''}`,
    `Topic: ${topic}`,
    `${event.subjectType}: ${event.subjectId}`,
    `At: ${new Date(event.at).toISOString()}`,
    ...Object.entries(event.data).map(
      ([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].join('\n');
