import type { Principal, Team as Shown } from '@millwright/contract';
import type { Change } from '#platform/change';
import { type Db, isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import type { Actor } from '../actor.ts';
import { type Resources, storedResource } from '../resources.ts';
import * as store from './store.ts';

export type { Team, TeamGrant, TeamMember } from './store.ts';

/** Roles in one project that are handed out together: whoever is a member of a team has all of them. */
export interface Teams {
  /** Errors: NAME_TAKEN; INVALID_REFERENCE for a project that is not there. */
  createTeam(actor: Actor, team: Omit<store.Team, 'number'>, requestId: string): Promise<store.Team>;
  findTeam(number: number): Promise<store.Team | null>;
  /** All of them where nothing is asked for. */
  listTeams(query?: store.TeamsQuery): Promise<store.Team[]>;
  /** With what it gives and to whom. Errors: NOT_FOUND. */
  shownTeam(number: number): Promise<Shown>;
  pageTeams(page: { limit?: number | undefined; cursor?: string | undefined }): ReturnType<typeof store.pageTeams>;
  /** Errors: NOT_FOUND, NAME_TAKEN. */
  updateTeam(
    actor: Actor,
    number: number,
    set: Partial<Pick<store.Team, 'name' | 'description'>>,
    requestId: string,
  ): Promise<store.Team>;
  deleteTeam(actor: Actor, number: number, requestId: string): Promise<void>;
  listTeamGrants(teams: readonly number[]): Promise<store.TeamGrant[]>;
  findTeamGrant(number: number): Promise<store.TeamGrant | null>;
  /** Errors: NOT_FOUND, NAME_TAKEN, INVALID_REFERENCE; CONFLICT for a team that the actor is in. */
  createTeamGrant(actor: Actor, grant: Omit<store.TeamGrant, 'number'>, requestId: string): Promise<store.TeamGrant>;
  updateTeamGrant(
    actor: Actor,
    number: number,
    set: Pick<store.TeamGrant, 'role' | 'level'>,
    requestId: string,
  ): Promise<store.TeamGrant>;
  deleteTeamGrant(actor: Actor, number: number, requestId: string): Promise<void>;
  /** Errors: NOT_FOUND, NAME_TAKEN, INVALID_REFERENCE; CONFLICT for oneself. */
  addMember(actor: Actor, team: number, principal: string, requestId: string): Promise<store.TeamMember>;
  /** Errors: NOT_FOUND. */
  removeMember(actor: Actor, team: number, principal: string, requestId: string): Promise<void>;
  listMembers(team: number): Promise<store.TeamMember[]>;
  /** Of everybody, or of one account by its id. */
  listMemberships(principalId: string | null): Promise<store.TeamMember[]>;
}

export const createTeams = (parts: {
  db: Db;
  resources: Resources;
  named(ref: string): Promise<Principal>;
  hasProject(name: string): Promise<boolean>;
  change<T>(actor: Actor, requestId: string, run: (change: Change) => Promise<T>): Promise<T>;
}): Teams => {
  const { db, resources, named, hasProject, change } = parts;
  const demandTeam = async (tx: Db, number: number): Promise<store.Team> =>
    (await store.findTeam(tx, number)) ?? fail('NOT_FOUND', `There is no team ${number}.`);
  const demandGrant = async (tx: Db, number: number): Promise<store.TeamGrant> =>
    (await store.findTeamGrant(tx, number)) ?? fail('NOT_FOUND', `There is no role ${number} of a team.`);
  /** Nobody raises their own rights. */
  const refuseOwn = async (tx: Db, actor: Actor, team: number): Promise<void> => {
    if ((await store.listMembers(tx, team)).some(({ principalId }) => principalId === actor.id))
      fail('CONFLICT', 'Nobody can give roles to a team they are in. Ask another admin.');
  };
  const audited = (tx: Change, verb: string, team: store.Team, detail: Record<string, unknown> = {}): void =>
    tx.audit({
      verb,
      resourceType: 'team',
      resourceId: String(team.number),
      detail: { project: team.project, name: team.name, ...detail },
    });
  const unique = async <T>(work: Promise<T>, message: string): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (isUniqueViolation(error)) return fail('NAME_TAKEN', message);
      throw error;
    }
  };

  return {
    async createTeam(actor, team, requestId) {
      if (!(await hasProject(team.project))) fail('INVALID_REFERENCE', `There is no project '${team.project}'.`);
      const create = change(actor, requestId, async (tx) => {
        const made = await store.insertTeam(tx.db, team, tx.now);
        audited(tx, 'team.create', made);
        return made;
      });
      return unique(create, `There is a team '${team.name}' in project '${team.project}' already.`);
    },
    findTeam: (number) => store.findTeam(db, number),
    listTeams: (query = {}) => store.listTeams(db, query),
    shownTeam: async (number) => (await store.shownTeams(db, [await demandTeam(db, number)]))[0] as Shown,
    pageTeams: (page) => store.pageTeams(db, page),
    updateTeam(actor, number, set, requestId) {
      const update = change(actor, requestId, async (tx) => {
        const before = await demandTeam(tx.db, number);
        if (Object.keys(set).length === 0) return before;
        await store.updateTeam(tx.db, number, set);
        audited(tx, 'team.update', before, { to: set });
        return { ...before, ...set };
      });
      return unique(update, `There is a team '${set.name}' in the project already.`);
    },
    deleteTeam: (actor, number, requestId) =>
      change(actor, requestId, async (tx) => {
        const team = await demandTeam(tx.db, number);
        await store.deleteTeam(tx.db, number);
        audited(tx, 'team.delete', team);
      }),
    listTeamGrants: (teams) => store.listTeamGrants(db, teams),
    findTeamGrant: (number) => store.findTeamGrant(db, number),
    async createTeamGrant(actor, grant, requestId) {
      const { project } = await demandTeam(db, grant.team);
      const resource = grant.resource === '*' ? '*' : await storedResource(resources, project, grant.resource);
      const create = change(actor, requestId, async (tx) => {
        const team = await demandTeam(tx.db, grant.team);
        await refuseOwn(tx.db, actor, grant.team);
        const made = await store.insertTeamGrant(tx.db, { ...grant, resource });
        audited(tx, 'team.grant', team, { role: grant.role, resource });
        return made;
      });
      return unique(create, 'The team has a role there already. Change that one.');
    },
    updateTeamGrant: (actor, number, set, requestId) =>
      change(actor, requestId, async (tx) => {
        const before = await demandGrant(tx.db, number);
        await refuseOwn(tx.db, actor, before.team);
        await store.updateTeamGrant(tx.db, number, set);
        const detail = { resource: before.resource, from: before.role, role: set.role };
        audited(tx, 'team.grant', await demandTeam(tx.db, before.team), detail);
        return { ...before, ...set };
      }),
    deleteTeamGrant: (actor, number, requestId) =>
      change(actor, requestId, async (tx) => {
        const { team, role, resource } = await demandGrant(tx.db, number);
        await store.deleteTeamGrant(tx.db, number);
        audited(tx, 'team.revoke', await demandTeam(tx.db, team), { role, resource });
      }),
    async addMember(actor, number, ref, requestId) {
      const principal = await named(ref);
      if (principal.id === actor.id) fail('CONFLICT', 'Nobody can make themselves a member. Ask another admin.');
      const add = change(actor, requestId, async (tx) => {
        const team = await demandTeam(tx.db, number);
        const made = await store.insertMember(tx.db, { team: number, principalId: principal.id });
        audited(tx, 'team.add-member', team, { principal: principal.name });
        return made;
      });
      return unique(add, `'${principal.name}' is a member already.`);
    },
    async removeMember(actor, number, ref, requestId) {
      const principal = await named(ref);
      await change(actor, requestId, async (tx) => {
        const team = await demandTeam(tx.db, number);
        if (!(await store.deleteMember(tx.db, { team: number, principalId: principal.id })))
          fail('NOT_FOUND', `'${principal.name}' is no member of that team.`);
        audited(tx, 'team.remove-member', team, { principal: principal.name });
      });
    },
    listMembers: (team) => store.listMembers(db, team),
    listMemberships: (principalId) => store.listMemberships(db, principalId),
  };
};
