import type { FastifyRequest } from 'fastify';
import type { ExperimentsService, FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { Admit } from '../access/admit.ts';
import type { Namings } from '../access/resources.ts';
import type { Addresses } from './addresses.ts';
import { placeOf } from './artifact-paths.ts';

export interface Files {
  experiments: ExperimentsService;
  addresses: Addresses;
  admit: Admit;
  namings: Namings;
}

/** Whoever has a role on one experiment only may reach the files of its runs and models. */
export const admission = ({ admit, namings }: Files, permission: 'run:read' | 'run:write') => {
  const begun = new WeakMap<FastifyRequest, { ctx: Ctx; isDecided: boolean }>();
  return {
    /** Decided before the body is read, as far as it does not depend on what the address names. */
    onRequest: async (request: FastifyRequest): Promise<void> => {
      begun.set(request, await admit.begin(request, permission, ['experiment']));
    },
    /** `rootOf`: what the files asked for are below, a run, a model, or nothing. */
    async enter<Place>(
      request: FastifyRequest,
      placeOf: (ctx: Ctx) => Promise<Place> | Place,
      rootOf: (place: Place) => string,
    ): Promise<{ ctx: Ctx; place: Place }> {
      const { ctx, isDecided } = begun.get(request) as { ctx: Ctx; isDecided: boolean };
      const place = await placeOf(ctx);
      if (!isDecided) await admit.decide(ctx, permission, [await namings.ofRoot(ctx, rootOf(place))]);
      return { ctx, place };
    },
  };
};

/** The file or folder that the rest of the address names. */
export const enterFile = (
  by: ReturnType<typeof admission>,
  experiments: ExperimentsService,
  request: FastifyRequest,
  path = (request.params as { '*': string })['*'],
): Promise<{ ctx: Ctx; place: FilePlace }> =>
  by.enter(
    request,
    (ctx) => placeOf(experiments, ctx, path),
    ({ root }) => root,
  );
