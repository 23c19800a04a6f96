import type { Journal } from '#platform/journal';

export interface Drop {
  endpointId: string;
  reason: string;
  dropped: number;
}

/** Writes predictions to the journal before they are answered. What cannot be written is counted, and never fails the answer. */
export class Recorder {
  readonly #journal: Journal;
  readonly #onDrop: (drop: Drop) => void;
  readonly #drops = new Map<string, Drop>();

  constructor(journal: Journal, onDrop: (drop: Drop) => void) {
    this.#journal = journal;
    this.#onDrop = onDrop;
  }

  /** Resolves once the lines survive the death of the process, or were dropped. */
  async record(endpointId: string, lines: readonly string[]): Promise<void> {
    const { dropped, reason } = await this.#journal.append(lines);
    if (dropped > 0) this.count({ endpointId, reason: reason ?? 'disk', dropped });
  }

  count(drop: Drop): void {
    const key = `${drop.endpointId}/${drop.reason}`;
    const known = this.#drops.get(key);
    if (known) known.dropped += drop.dropped;
    else this.#drops.set(key, { ...drop });
    this.#onDrop(drop);
  }

  /** What was not yet made durable. */
  pendingDrops(): Drop[] {
    return [...this.#drops.values()];
  }

  settleDrops(written: readonly Drop[]): void {
    for (const drop of written) {
      const key = `${drop.endpointId}/${drop.reason}`;
      const known = this.#drops.get(key);
      if (!known) continue;
      known.dropped -= drop.dropped;
      if (known.dropped <= 0) this.#drops.delete(key);
    }
  }

  droppedOf(endpointId: string): number {
    let total = 0;
    for (const drop of this.#drops.values()) if (drop.endpointId === endpointId) total += drop.dropped;
    return total;
  }
}
