import type { Event } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Platform } from '#platform/core';
import type { Wanted } from '#platform/events';
import { type Channels, createChannels, nativeFormatName } from './channels/service.ts';
import { createDispatch } from './deliveries/dispatching.ts';
import { createDeliveries, type Deliveries } from './deliveries/service.ts';
import { createInterest } from './interest.ts';
import { type Format, nativeFormat } from './sending/format.ts';
import { createSend } from './sending/send.ts';

export interface NotificationsDeps {
  experiments: Pick<ExperimentsService, 'searchRuns'>;
}

export interface NotificationsService extends Channels, Deliveries {
  /** For protocols: how webhooks made with this format are worded. */
  registerFormat(name: string, format: Format): void;
  /** Whether a channel listens to such an event. */
  wanted: Wanted;
  /** Makes the deliveries that follow from an event, each once. */
  dispatch(event: Event): Promise<void>;
}

export const createNotifications = (platform: Platform, { experiments }: NotificationsDeps): NotificationsService => {
  const { egress, vault, clock, config } = platform;
  const formats = new Map<string, Format>([[nativeFormatName, nativeFormat]]);
  const interest = createInterest(clock);
  const send = createSend({ egress, vault, clock, allowInsecure: config.allowInsecureWebhooks });
  return {
    ...createChannels(platform, () => interest.forget()),
    ...createDeliveries(platform, { send, formats }),
    wanted: interest.wanted,
    dispatch: createDispatch(platform, experiments, formats),
    registerFormat(name, format) {
      if (formats.has(name)) throw new Error(`the format '${name}' is registered twice`);
      formats.set(name, format);
    },
  };
};
