import type { MlflowEndpoint } from './wire/endpoint.ts';

/**
 * What clients and MLflow's console ask before they sign in: what this server can. Nothing of it is a setting. Files may come
 * in parts and be read by signed addresses; but clients that were not told to do so are not led to it: they would send a part
 * that fails once only, and ask for an address before each file they read, however small.
 */
const serverInfo = {
  // Of its own stores, MLflow's console knows two names; with the other one it hides what needs a database.
  store_type: 'SqlStore',
  workspaces_enabled: true,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
  artifact_serving_enabled: true,
  presigned_upload_run_id_supported: true,
  presigned_upload_model_id_supported: true,
  model_artifact_presigned_downloads_supported: true,
  features_enabled: { gateway: false, scheduled_issue_detection: false },
  tracking_auth: '',
  artifacts_presigned_only: false,
};

export const serverInfoEndpoints = (): MlflowEndpoint[] => [
  {
    method: 'GET',
    path: '/server-info',
    version: '3.0',
    permission: 'system:read',
    scope: 'public',
    handle: async () => serverInfo,
  },
];
