import type { ExperimentsService } from '#experiments';
import type { NotificationsService } from '#notifications';
import type { Auth } from '#platform/auth';
import type { Clock } from '#platform/clock';
import type { Api } from '#platform/http';
import type { Log } from '#platform/log';
import type { Signatures } from '#platform/signatures';
import type { RegistryService } from '#registry';
import { createAdmit } from './access/admit.ts';
import { createAddresses, signedRoot } from './artifacts/addresses.ts';
import { multipartUploads } from './artifacts/multipart.ts';
import { presignedDownloads, presignedEndpoints } from './artifacts/presigned.ts';
import { signedRoutes } from './artifacts/signed.ts';
import {
  artifactDownloads,
  artifactEndpoints,
  artifactProxy,
  artifactUpload,
  methodsOfProxy,
} from './artifacts/artifacts.ts';
import type { MlflowEndpoint } from './wire/endpoint.ts';
import { experimentEndpoints } from './experiments/experiments.ts';
import { inputEndpoints } from './runs/inputs.ts';
import { loggedModelEndpoints } from './logged-models/logged-models.ts';
import { metricEndpoints } from './runs/metrics.ts';
import { modelVersionEndpoints } from './registry/model-versions.ts';
import { permissionEndpoints } from './access/permissions.ts';
import { heldRoleEndpoints } from './access/held-roles.ts';
import { createRoleResources } from './access/role-resources.ts';
import { createRoleViews, roleEndpoints } from './access/roles.ts';
import { registeredModelEndpoints } from './registry/registered-models.ts';
import { modelHistoryEndpoints } from './logged-models/model-history.ts';
import { createNamings } from './access/resources.ts';
import { createLocations, runEndpoints } from './runs/runs.ts';
import { serverInfoEndpoints } from './server-info.ts';
import { answerError, answerUnknown, prepare, sendPage, serveAll } from './serve-endpoints.ts';
import { userEndpoints } from './access/users.ts';
import { mlflowFormat } from './webhooks/webhook-events.ts';
import { webhookEndpoints, webhookFormat } from './webhooks/webhooks.ts';
import { workspaceEndpoints } from './access/workspaces.ts';

export interface MlflowOptions {
  log: Log;
  auth: Auth;
  clock: Clock;
  signatures: Signatures;
  services: { experiments: ExperimentsService; registry: RegistryService; notifications: NotificationsService };
}

/** The version of MLflow whose clients find here what they look for. */
export const mlflowVersion = '3.18.0';

/**
 * MLflow's REST interface: experiments, runs, metrics, artifacts and registered models, so that its clients work
 * unchanged. A workspace of MLflow is a project here.
 */
export const mlflow = (api: Api, options: MlflowOptions): void => {
  const { experiments, registry, notifications } = options.services;
  notifications.registerFormat(webhookFormat, mlflowFormat(registry));
  const locations = createLocations(experiments);
  const { log, auth } = options;
  const admit = createAdmit(api, auth, experiments);
  const namings = createNamings(experiments, registry);
  const addresses = createAddresses(options.signatures, options.clock);
  const roleResources = createRoleResources(experiments, registry);
  const roleViews = createRoleViews(auth, roleResources);
  const files = { experiments, admit, namings, addresses };
  const endpoints: readonly MlflowEndpoint[] = [
    ...experimentEndpoints(experiments),
    ...runEndpoints(experiments, locations),
    ...metricEndpoints(experiments),
    ...artifactEndpoints(experiments, locations),
    ...presignedEndpoints({ experiments, addresses }),
    ...inputEndpoints(experiments),
    ...loggedModelEndpoints(experiments, locations),
    ...modelHistoryEndpoints(experiments),
    ...registeredModelEndpoints(registry),
    ...modelVersionEndpoints({ experiments, registry, locations }),
    ...webhookEndpoints(notifications, options.clock),
    ...serverInfoEndpoints(),
    ...workspaceEndpoints(auth),
    ...userEndpoints(auth, roleViews),
    ...permissionEndpoints({ auth, experiments, registry }),
    ...roleEndpoints(auth, roleResources, roleViews),
    ...heldRoleEndpoints(auth, roleResources, roleViews),
  ];
  for (const root of ['/api', '/ajax-api'])
    for (const version of ['2.0', '3.0'] as const) {
      const own = endpoints.filter(
        (one) => (one.version ?? '2.0') === version && !(one.isAjaxOnly === true && root === '/api'),
      );
      api.app.register(async (scope) => serveAll(scope, { api, admit, log, namings }, own), {
        prefix: `${root}/${version}/mlflow`,
      });
    }
  for (const prefix of [signedRoot, '/ajax-api/2.0/mlflow-artifacts']) {
    api.app.register(
      async (scope) => {
        prepare(scope, log, 'stream');
        answerUnknown(scope, api, methodsOfProxy);
        artifactProxy(scope, api, files);
        presignedDownloads(scope, files);
        if (prefix === signedRoot) signedRoutes(scope, api, files);
      },
      { prefix },
    );
    api.app.register(
      async (scope) => {
        prepare(scope, log, 'text');
        multipartUploads(scope, files);
      },
      { prefix },
    );
  }
  api.app.register(
    async (scope) => {
      prepare(scope, log, 'stream');
      artifactUpload(scope, api, files);
    },
    { prefix: '/ajax-api/2.0/mlflow' },
  );
  api.app.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => answerError(log, error, request, reply));
    artifactDownloads(scope, files, registry);
    scope.get('/version', async (request, reply) => {
      await api.admit(request);
      return reply.type('text/plain').send(mlflowVersion);
    });
  });
  // What MLflow's clients and browsers look for and is not here: a page, from which they fall back.
  api.app.register(async (scope) => {
    prepare(scope, log, 'stream');
    for (const url of ['/v1/traces', '/graphql', '/signup'])
      scope.route({
        method: ['GET', 'POST'],
        url,
        handler: async (request, reply) => {
          await api.admit(request);
          return sendPage(reply, 404, 'Not Found');
        },
      });
  });
  api.app.get('/health', async (_request, reply) => reply.type('text/plain').send('OK'));
};

export { importMlflow } from './import/index.ts';
