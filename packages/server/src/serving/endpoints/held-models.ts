import { systemCtx } from '#platform/auth';
import { messageOf } from '#platform/errors';
import type { Log } from '#platform/log';
import type { OnnxVersion } from '#registry';
import type { ServedModels } from '../dependencies.ts';
import type { InferencePool } from '../runtimes/inference-pool.ts';
import { inputPlanOf } from '../runtimes/request-rows.ts';
import type { ServedVariant, VariantState } from './route.ts';

interface Held {
  state: VariantState['state'];
  message: string;
  variant: ServedVariant | null;
  retry: NodeJS.Timeout | null;
  dropped: boolean;
}

const retryMs = 3000;

/** The model versions one endpoint keeps loaded. A load that failed is tried again while the version is wanted. */
export class HeldModels {
  readonly #parts: { project: string; models: ServedModels; pool: InferencePool; log: Log; changed: () => void };
  readonly #held = new Map<string, Held>();

  constructor(parts: {
    project: string;
    models: ServedModels;
    pool: InferencePool;
    log: Log /** A load has ended. */;
    changed: () => void;
  }) {
    this.#parts = parts;
  }

  variant(versionId: string): ServedVariant | null {
    return this.#held.get(versionId)?.variant ?? null;
  }

  stateOf(versionId: string): Pick<VariantState, 'state' | 'message' | 'version'> {
    const held = this.#held.get(versionId);
    return { state: held?.state ?? 'loading', message: held?.message ?? '', version: held?.variant?.version ?? null };
  }

  /** Begins to load what is new and lets go of what is no longer among the ids. */
  keep(versionIds: ReadonlySet<string>): void {
    for (const id of versionIds) {
      if (this.#held.has(id)) continue;
      const held: Held = { state: 'loading', message: '', variant: null, retry: null, dropped: false };
      this.#held.set(id, held);
      void this.#load(id, held);
    }
    for (const [id, held] of this.#held) if (!versionIds.has(id)) this.#drop(id, held);
  }

  close(): void {
    for (const [id, held] of this.#held) this.#drop(id, held);
  }

  #drop(id: string, held: Held): void {
    this.#held.delete(id);
    held.dropped = true;
    if (held.retry) clearTimeout(held.retry);
    if (held.variant) this.#parts.pool.release(held.variant.version.digest);
  }

  async #load(id: string, held: Held): Promise<void> {
    const { project, models, pool, log, changed } = this.#parts;
    try {
      const version = await models.onnxVersion(systemCtx('serving', project, 'load'), id);
      await pool.load(modelFileOf(version, models));
      if (held.dropped) return pool.release(version.digest);
      held.variant = { version, plan: inputPlanOf(version.signature.inputs) };
      held.state = 'ready';
      held.message = '';
    } catch (error) {
      if (held.dropped) return undefined;
      log.error('a model version could not be loaded', { modelVersion: id, error });
      held.state = 'failed';
      held.message = messageOf(error);
      held.retry = setTimeout(() => void this.#load(id, held), retryMs).unref();
    }
    changed();
    return undefined;
  }
}

export const modelFileOf = (version: OnnxVersion, models: Pick<ServedModels, 'modelFile'>) => ({
  digest: version.digest,
  tensors: { inputs: version.signature.inputs, outputs: version.signature.outputs },
  path: () => models.modelFile(version.id),
});
