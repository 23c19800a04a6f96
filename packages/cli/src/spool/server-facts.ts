import { type Answer, askMs, type Core } from './core.ts';
import { isObject, type Json } from './exact-json.ts';

/** Assumed of a server that was never asked. */
const assumedVersion = '3.18.0';

const fetchFact = async ({ target, store, known }: Core, path: string): Promise<string | null> => {
  if (target.isWorthAsking())
    try {
      const { status, text } = await target.ask({ method: 'GET', path, idleMs: askMs });
      if (status === 200 && known.note(path) !== text) await store.commit(() => known.setNote(path, text));
      if (status === 200) return text;
      if (status === 404) return null;
    } catch {
      // What it said last time is as good.
    }
  return known.note(path);
};

/** The version of MLflow that the server speaks, as it last said. */
export const serverVersion = async (core: Core): Promise<string> =>
  (await fetchFact(core, '/version')) ?? assumedVersion;

const infoPath = '/api/3.0/mlflow/server-info';

/**
 * What the server can do, as it last said; but files go through the spool in one piece, so clients are told nothing of
 * uploads in parts or straight to the storage. Null: the server has no such page.
 */
export const serverInfo = async (core: Core, usesWorkspaces: boolean): Promise<Answer | null> => {
  const text = await fetchFact(core, infoPath);
  if (text === null && core.target.problem() === null) return null;
  const said: unknown = text === null ? { workspaces_enabled: usesWorkspaces } : JSON.parse(text);
  const info: Json = isObject(said) ? said : {};
  return {
    status: 200,
    body: {
      ...info,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
      presigned_upload_run_id_supported: false,
      presigned_upload_model_id_supported: false,
      artifacts_presigned_only: false,
    },
  };
};
