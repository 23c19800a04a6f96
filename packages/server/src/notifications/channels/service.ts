import type { Channel, Condition, MailTarget, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { checkConditions, checkTarget, shownChannel, shownSlackUrl } from './channel.ts';
import * as store from './store.ts';

export interface NewChannel {
  name: string;
  description?: string | undefined;
  kind: Channel['kind'];
  /** Default `millwright`. */
  format?: string | undefined;
  /** What the format keeps with the channel. */
  formatOptions?: Record<string, unknown> | undefined;
  url?: string | undefined;
  mail?: MailTarget | undefined;
  secret?: string | undefined;
  status?: Channel['status'] | undefined;
  conditions: readonly Condition[];
}

export interface ChannelUpdate {
  name?: string | undefined;
  description?: string | undefined;
  formatOptions?: Record<string, unknown> | undefined;
  url?: string | undefined;
  mail?: MailTarget | undefined;
  /** null removes it. */
  secret?: string | null | undefined;
  status?: Channel['status'] | undefined;
  conditions?: readonly Condition[] | undefined;
}

export type FullChannel = Channel & Pick<store.SavedChannel, 'formatOptions'>;

export interface Channels {
  listChannels(ctx: Ctx, query: { limit?: number | undefined; cursor?: string | undefined }): Promise<Page<Channel>>;
  getChannel(ctx: Ctx, id: string): Promise<Channel>;
  /** Errors: INVALID_INPUT (also for an address that egress refuses), INVALID_FILTER. */
  createChannel(ctx: Ctx, input: NewChannel): Promise<Channel>;
  /** Errors: NOT_FOUND, INVALID_INPUT, INVALID_FILTER, CONFLICT for the conditions of a channel of a protocol. */
  updateChannel(ctx: Ctx, id: string, update: ChannelUpdate): Promise<Channel>;
  /** Errors: NOT_FOUND. */
  deleteChannel(ctx: Ctx, id: string): Promise<void>;
  /** For a protocol: the channels that were made with its format, newest first. */
  channelsOfFormat(
    ctx: Ctx,
    query: { format: string; limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<FullChannel>>;
  /** For a protocol: one of those. null: there is none. */
  channelOfFormat(ctx: Ctx, format: string, id: string): Promise<FullChannel | null>;
}

const full = (channel: store.SavedChannel): FullChannel => ({
  ...shownChannel(channel),
  formatOptions: channel.formatOptions,
});

/** Of channels that are made here. */
export const nativeFormatName = 'millwright';

/** `changed`: called after every change of what somebody listens to. */
export const createChannels = (
  { database: { db }, changes, ids, egress, vault }: Platform,
  changed: () => void,
): Channels => {
  const found = async (ctx: Ctx, id: string): Promise<store.SavedChannel> =>
    (await store.findChannel(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no channel '${id}' in project '${ctx.project}'.`);

  /** The address as it is kept: of a Slack webhook all of it is a secret. Egress is asked now, and again when something is sent. */
  const targetOf = async (id: string, kind: Channel['kind'], url: string) => {
    await egress.check(url);
    return kind === 'slack' ? { url: shownSlackUrl(url), sealedUrl: vault.seal(url, `${id}/url`) } : { url };
  };
  const sealed = (id: string, secret: string | null): string | null =>
    secret === null || secret === '' ? null : vault.seal(secret, `${id}/secret`);

  return {
    async listChannels(ctx, query) {
      const { items, nextCursor } = await store.listChannels(db, ctx.project, query);
      return { items: items.map(shownChannel), nextCursor };
    },
    getChannel: async (ctx, id) => shownChannel(await found(ctx, id)),
    async createChannel(ctx, input) {
      checkConditions(input.conditions);
      checkTarget(input.kind, input, true);
      const id = ids.next('chn');
      const target = input.url === undefined ? {} : await targetOf(id, input.kind, input.url);
      const channel = await changes.change(ctx, async (change): Promise<store.SavedChannel> => {
        const made: store.SavedChannel = {
          id,
          project: ctx.project,
          name: input.name,
          description: input.description ?? '',
          kind: input.kind,
          format: input.format ?? nativeFormatName,
          formatOptions: input.formatOptions ?? {},
          url: null,
          mail: input.mail ?? null,
          sealedUrl: null,
          ...target,
          sealedSecret: sealed(id, input.secret ?? null),
          status: input.status ?? 'active',
          conditions: [...input.conditions],
          createdBy: ctx.actor.name,
          createdAt: change.now,
          updatedAt: change.now,
        };
        await store.insertChannel(change.db, made);
        change.audit({
          verb: 'channel.create',
          resourceType: 'channel',
          resourceId: id,
          detail: { name: made.name, kind: made.kind, topics: made.conditions.map(({ topic }) => topic) },
        });
        return made;
      });
      changed();
      return shownChannel(channel);
    },
    async updateChannel(ctx, id, { secret, url, conditions, ...plain }) {
      const { kind, format } = await found(ctx, id);
      if (conditions && format !== nativeFormatName && plain.formatOptions === undefined)
        fail('CONFLICT', `What this channel listens to is changed with ${format}, where it was made.`);
      checkTarget(kind, { url, mail: plain.mail }, false);
      if (conditions) checkConditions(conditions);
      const target = url === undefined ? {} : await targetOf(id, kind, url);
      const channel = await changes.change(ctx, async (change): Promise<store.SavedChannel> => {
        const before =
          (await store.findChannel(change.db, ctx.project, id)) ?? fail('NOT_FOUND', `There is no channel '${id}'.`);
        const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
        const after: store.SavedChannel = {
          ...before,
          ...given,
          ...target,
          ...(conditions ? { conditions: [...conditions] } : {}),
          ...(secret === undefined ? {} : { sealedSecret: sealed(id, secret) }),
          updatedAt: change.now,
        };
        await store.saveChannel(change.db, after);
        const touched = [
          ...Object.keys(given),
          ...(url === undefined ? [] : ['url']),
          ...(conditions ? ['conditions'] : []),
          ...(secret === undefined ? [] : ['secret']),
        ];
        change.audit({
          verb: 'channel.update',
          resourceType: 'channel',
          resourceId: id,
          detail: { name: after.name, status: after.status, changed: touched },
        });
        return after;
      });
      changed();
      return shownChannel(channel);
    },
    async deleteChannel(ctx, id) {
      const { name } = await found(ctx, id);
      await changes.change(ctx, async (change) => {
        if (!(await store.deleteChannel(change.db, ctx.project, id))) fail('NOT_FOUND', `There is no channel '${id}'.`);
        change.audit({ verb: 'channel.delete', resourceType: 'channel', resourceId: id, detail: { name } });
      });
      changed();
    },
    async channelsOfFormat(ctx, query) {
      const { items, nextCursor } = await store.listChannels(db, ctx.project, query);
      return { items: items.map(full), nextCursor };
    },
    async channelOfFormat(ctx, format, id) {
      const channel = await store.findChannel(db, ctx.project, id);
      return channel?.format === format ? full(channel) : null;
    },
  };
};
