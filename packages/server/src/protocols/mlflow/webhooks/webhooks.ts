import type { Condition } from '@millwright/contract';
import type { FullChannel, NotificationsService } from '#notifications';
import type { Ctx } from '#platform/auth';
import type { Clock } from '#platform/clock';
import { fail } from '#platform/errors';
import { hexOf, idOfHex } from '#platform/ids';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { pythonText } from '../wire/python.ts';
import { refuseMissing } from '../wire/refusals.ts';
import { eventOf, eventOnWire, exampleBody, topicOf, type WebhookEvent } from './webhook-events.ts';

/** Of the channels that are webhooks of MLflow. */
export const webhookFormat = 'mlflow';

/** A UUID on the wire. */
const idOnWire = (id: string): string => hexOf(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const idFromWire = (wire: string): string | null =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(wire) ? idOfHex('chn', wire.replaceAll('-', '')) : null;

const eventsOf = (channel: FullChannel): WebhookEvent[] =>
  (channel.formatOptions['events'] as WebhookEvent[]).toSorted();

const onWire = (channel: FullChannel) => ({
  webhook_id: idOnWire(channel.id),
  name: channel.name,
  ...(channel.description === '' ? {} : { description: channel.description }),
  url: channel.url,
  events: eventsOf(channel).map(eventOnWire),
  status: channel.status.toUpperCase(),
  creation_timestamp: channel.createdAt,
  last_updated_timestamp: channel.updatedAt,
});

const checkName = (name: string): string =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)
    ? name
    : fail(
        'INVALID_INPUT',
        `Webhook name ${pythonText(name.slice(0, 300))} is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`,
      );

const checkUrl = (url: string): string =>
  url.trim() === '' ? fail('INVALID_INPUT', `Webhook URL cannot be empty or just whitespace: '${url}'`) : url;

const readStatus = (input: Fields): 'active' | 'disabled' | undefined => {
  const status = input.text('status');
  if (status === undefined) return undefined;
  if (status === 'ACTIVE') return 'active';
  return status === 'DISABLED' ? 'disabled' : fail('INVALID_INPUT', `There is no webhook status '${status}'.`);
};

/** Errors: INVALID_INPUT for what is no event, and for one named twice. */
const readEvents = (input: Fields): WebhookEvent[] => {
  const events = input.messages('events').map(eventOf);
  if (new Set(events).size < events.length) fail('INVALID_INPUT', 'An event is named twice.');
  return events;
};

/** What a channel keeps of the events: the topics it listens to, and for the format which of them it tells of. */
const listeningTo = (events: readonly WebhookEvent[]) => {
  const topics = new Set(events.map(topicOf).filter((topic) => topic !== null));
  const conditions: Condition[] = [...topics].map((topic) => ({ topic }));
  return { conditions, formatOptions: { events } };
};

const limits = { description: 10_000, url: 2048, secret: 10_000 };

export const webhookEndpoints = (notifications: NotificationsService, clock: Clock): MlflowEndpoint[] => {
  const found = async (input: Fields, ctx: Ctx): Promise<FullChannel> => {
    const wire = input.requiredText('webhook_id');
    const id = idFromWire(wire);
    const channel = id === null ? null : await notifications.channelOfFormat(ctx, webhookFormat, id);
    return channel ?? fail('NOT_FOUND', `Webhook with ID ${wire.slice(0, 100)} not found.`);
  };
  const shown = async (ctx: Ctx, id: string) => {
    const channel = await notifications.channelOfFormat(ctx, webhookFormat, id);
    return { webhook: onWire(channel ?? fail('NOT_FOUND', `Webhook with ID ${idOnWire(id)} not found.`)) };
  };
  return [
    {
      method: 'POST',
      path: '/webhooks',
      permission: 'notification:write',
      async handle(input, ctx) {
        const name = input.requiredText('name');
        const url = input.requiredText('url', { max: limits.url });
        const events = readEvents(input);
        if (!input.has('events')) refuseMissing('events');
        if (events.length === 0)
          fail('INVALID_INPUT', 'Webhook events must be a non-empty list of WebhookEvent objects: [].');
        const made = await notifications.createChannel(ctx, {
          name: checkName(name),
          description: input.text('description', { max: limits.description }),
          kind: 'webhook',
          format: webhookFormat,
          url: checkUrl(url),
          secret: input.text('secret', { max: limits.secret }),
          status: readStatus(input),
          ...listeningTo(events),
        });
        return shown(ctx, made.id);
      },
    },
    {
      method: 'GET',
      path: '/webhooks',
      permission: 'notification:read',
      async handle(input, ctx) {
        const asked = input.integer('max_results') ?? 0;
        if (asked < 0 || asked > 1000) fail('INVALID_INPUT', 'max_results must be between 1 and 1000.');
        const page = await notifications.channelsOfFormat(ctx, {
          format: webhookFormat,
          limit: asked === 0 ? 100 : asked,
          cursor: input.text('page_token') || undefined,
        });
        return {
          ...(page.items.length > 0 ? { webhooks: page.items.map(onWire) } : {}),
          ...(page.nextCursor === null ? {} : { next_page_token: page.nextCursor }),
        };
      },
    },
    {
      method: 'GET',
      path: '/webhooks/:webhook_id',
      permission: 'notification:read',
      handle: async (input, ctx) => ({ webhook: onWire(await found(input, ctx)) }),
    },
    {
      method: 'PATCH',
      path: '/webhooks/:webhook_id',
      permission: 'notification:write',
      async handle(input, ctx) {
        const [name, url, secret] = [
          input.text('name'),
          input.text('url', { max: limits.url }),
          input.text('secret', { max: limits.secret }),
        ];
        const events = readEvents(input);
        const { id } = await found(input, ctx);
        await notifications.updateChannel(ctx, id, {
          name: name ? checkName(name) : undefined,
          description: input.text('description', { max: limits.description }),
          url: url ? checkUrl(url) : undefined,
          secret: secret === '' ? null : secret,
          status: readStatus(input),
          ...(events.length === 0 ? {} : listeningTo(events)),
        });
        return shown(ctx, id);
      },
    },
    {
      method: 'DELETE',
      path: '/webhooks/:webhook_id',
      permission: 'notification:write',
      ignoresBody: true,
      async handle(input, ctx) {
        await notifications.deleteChannel(ctx, (await found(input, ctx)).id);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/webhooks/:webhook_id/test',
      permission: 'notification:write',
      async handle(input, ctx) {
        const asked = input.message('event');
        const channel = await found(input, ctx);
        const event = asked ? eventOf(asked) : (eventsOf(channel)[0] as WebhookEvent);
        const topic = topicOf(event) ?? undefined;
        const body = exampleBody(event, clock.now(), ctx.project);
        const { state, log } = await notifications.testChannel(ctx, channel.id, { topic, body });
        const attempt = log[0];
        // A status of a refusal says it all.
        const isTold = attempt?.error == null || (attempt.status ?? 0) >= 400;
        return {
          result: {
            success: state === 'delivered',
            ...(attempt?.status == null ? {} : { response_status: attempt.status, response_body: attempt.excerpt }),
            ...(isTold ? {} : { error_message: `Failed to test webhook: ${attempt.error}` }),
          },
        };
      },
    },
  ];
};
