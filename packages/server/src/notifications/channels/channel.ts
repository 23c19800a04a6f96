import { type Channel, type Condition, type MailTarget, parseFilter, topics } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { SavedChannel } from './store.ts';

/** As the contract shows it: no secret, and of a Slack address only the beginning. */
export const shownChannel = ({
  project: _project,
  formatOptions: _options,
  sealedUrl: _url,
  sealedSecret,
  ...channel
}: SavedChannel): Channel => ({ ...channel, hasSecret: sealedSecret !== null });

/** What may be shown of an address whose path is its secret. */
export const shownSlackUrl = (url: string): string => `${new URL(url).origin}/...`;

/** Errors: INVALID_INPUT, INVALID_FILTER. */
export const checkConditions = (conditions: readonly Condition[]): void => {
  for (const { topic, filter } of conditions) {
    if (filter === undefined) {
      if (topic === 'metric-condition') fail('INVALID_INPUT', 'The topic metric-condition needs a filter.');
      continue;
    }
    if (!topics[topic].hasFilter) fail('INVALID_INPUT', `The topic ${topic} takes no filter.`);
    const read = parseFilter(filter);
    if ('problem' in read)
      fail('INVALID_FILTER', `The filter '${filter}' cannot be read: ${read.problem.message}`, {
        position: read.problem.position,
      });
    else if (read.filter === null) fail('INVALID_FILTER', 'The filter is empty.');
  }
};

/** Errors: INVALID_INPUT when a channel of that kind has another target. */
export const checkTarget = (
  kind: Channel['kind'],
  { url, mail }: { url?: string | undefined; mail?: MailTarget | undefined },
  mustHave: boolean,
): void => {
  if (kind === 'email') {
    if (url !== undefined) fail('INVALID_INPUT', 'A channel of kind email has no url.');
    if (mustHave && mail === undefined) fail('INVALID_INPUT', 'A channel of kind email needs mail.');
  } else {
    if (mail !== undefined) fail('INVALID_INPUT', `A channel of kind ${kind} has no mail.`);
    if (mustHave && url === undefined) fail('INVALID_INPUT', `A channel of kind ${kind} needs a url.`);
  }
};
