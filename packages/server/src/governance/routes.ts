import {
  addTeamMember,
  createGrant,
  createProject,
  createServiceAccount,
  createTeam,
  createTeamGrant,
  createToken,
  createUser,
  deleteGrant,
  deleteTeam,
  deleteTeamGrant,
  exportAudit,
  getMe,
  getProject,
  listActivity,
  listAudit,
  listGrants,
  listPrincipals,
  listProjects,
  listTeams,
  listTokens,
  removeTeamMember,
  revokeToken,
  setPassword,
  setPrincipalState,
  signIn,
  signOut,
  updateProject,
  updateTeam,
  verifyAudit,
} from '@millwright/contract';
import { fail } from '#platform/errors';
import type { Api } from '#platform/http';
import { readCookie, sessionCookie } from '#platform/http';
import { sessionCookieText } from './session.ts';
import type { GovernanceService } from './service.ts';

export const routes = (api: Api, service: GovernanceService): void => {
  const { auth } = service;
  api.serve(signIn, async ({ body, setHeader }, ctx) => {
    const session = await auth.signIn(body.name, body.password, ctx.requestId);
    setHeader('set-cookie', sessionCookieText(session.secret, service.sessionSeconds(session.expiresAt)));
    return service.me(session.actor);
  });
  api.serve(signOut, async ({ headers, setHeader }, ctx) => {
    const secret = readCookie(headers, sessionCookie);
    if (secret !== null) await auth.signOut(ctx.actor, secret, ctx.requestId);
    setHeader('set-cookie', sessionCookieText('', 0));
  });
  api.serve(getMe, (_input, ctx) => service.me(ctx.actor));
  api.serve(setPassword, ({ body }, ctx) => auth.setPassword(ctx.actor, body.current, body.next, ctx.requestId));

  api.serve(listPrincipals, ({ query }) => auth.listPrincipals(query));
  api.serve(createUser, ({ body }, ctx) => auth.createUser(ctx.actor, body, ctx.requestId));
  api.serve(createServiceAccount, ({ body }, ctx) => auth.createServiceAccount(ctx.actor, body.name, ctx.requestId));
  api.serve(setPrincipalState, ({ params, body }, ctx) =>
    auth.setPrincipalState(ctx.actor, params.principal, body.state, ctx.requestId),
  );
  api.serve(listTokens, ({ query }, ctx) => auth.listTokens(ctx.actor, query));
  api.serve(createToken, ({ body }, ctx) => auth.createToken(ctx.actor, body, ctx.requestId));
  api.serve(revokeToken, ({ params }, ctx) => auth.revokeToken(ctx.actor, params.token, ctx.requestId));
  api.serve(listGrants, ({ query }) => auth.listGrants(query));
  api.serve(createGrant, ({ body }, ctx) => auth.createGrant(ctx.actor, body, ctx.requestId));
  api.serve(deleteGrant, ({ params }, ctx) => auth.deleteGrant(ctx.actor, params.grant, ctx.requestId));

  api.serve(listTeams, ({ query }) => auth.pageTeams(query));
  api.serve(createTeam, async ({ body }, ctx) => {
    const team = { description: null, ...body };
    return auth.shownTeam((await auth.createTeam(ctx.actor, team, ctx.requestId)).number);
  });
  api.serve(updateTeam, async ({ params, body }, ctx) => {
    const number = Number(params.team);
    await auth.updateTeam(ctx.actor, number, body, ctx.requestId);
    return auth.shownTeam(number);
  });
  api.serve(deleteTeam, ({ params }, ctx) => auth.deleteTeam(ctx.actor, Number(params.team), ctx.requestId));
  api.serve(createTeamGrant, async ({ params, body: { role, resource = '*' } }, ctx) => {
    const team = Number(params.team);
    await auth.createTeamGrant(ctx.actor, { team, role, level: role, resource }, ctx.requestId);
    return auth.shownTeam(team);
  });
  api.serve(deleteTeamGrant, async ({ params }, ctx) => {
    const grant = await auth.findTeamGrant(Number(params.number));
    if (grant?.team !== Number(params.team)) fail('NOT_FOUND', `The team has no role ${params.number}.`);
    await auth.deleteTeamGrant(ctx.actor, Number(params.number), ctx.requestId);
  });
  api.serve(addTeamMember, async ({ params, body }, ctx) => {
    const team = Number(params.team);
    await auth.addMember(ctx.actor, team, body.principal, ctx.requestId);
    return auth.shownTeam(team);
  });
  api.serve(removeTeamMember, ({ params }, ctx) =>
    auth.removeMember(ctx.actor, Number(params.team), params.principal, ctx.requestId),
  );

  api.serve(listProjects, ({ query }, ctx) => auth.listProjects(ctx.actor, query));
  api.serve(getProject, ({ params }) => service.project(params.project));
  api.serve(createProject, ({ body }, ctx) => auth.createProject(ctx.actor, body, ctx.requestId));
  api.serve(updateProject, ({ params, body }, ctx) =>
    auth.updateProject(ctx.actor, params.project, body, ctx.requestId),
  );

  api.serve(listAudit, ({ query }) => service.audit(query));
  api.serve(listActivity, ({ params, query }) => service.audit({ ...query, project: params.project }));
  api.serve(verifyAudit, () => service.verifyAudit());
  api.serve(exportAudit, () => service.exportAudit());
};
