import { type FileHandle, open } from 'node:fs/promises';
import { failurePoint } from '#platform/failure-points';
import { type SegmentFolder, writeAll } from './segment-file.ts';

/** `process`: survives the death of the process. `disk`: also that of the machine. */
export type Durability = 'process' | 'disk';

/** The segment being written. It never grows by part of a batch: what a failed write left behind is cut off again. */
export class SegmentWriter {
  readonly id: string;
  readonly #folder: SegmentFolder;
  readonly #durability: Durability;
  readonly #file: FileHandle;
  sizeBytes = 0;
  recordCount = 0;
  #damaged = false;

  private constructor(id: string, folder: SegmentFolder, durability: Durability, file: FileHandle) {
    this.id = id;
    this.#folder = folder;
    this.#durability = durability;
    this.#file = file;
  }

  static async create(id: string, folder: SegmentFolder, durability: Durability): Promise<SegmentWriter> {
    const file = await open(folder.openPath(id), 'wx');
    if (durability === 'disk') await folder.flush();
    return new SegmentWriter(id, folder, durability, file);
  }

  async write(batch: Uint8Array, recordCount: number): Promise<void> {
    if (this.#damaged) await this.#cutOff();
    try {
      await writeAll(this.#file, batch, this.sizeBytes);
      failurePoint('journal.half-written');
      if (this.#durability === 'disk') await this.#file.datasync();
    } catch (error) {
      this.#damaged = true;
      await this.#cutOff().catch(() => undefined);
      throw error;
    }
    this.sizeBytes += batch.byteLength;
    this.recordCount += recordCount;
  }

  /** Gives the file its final name and closes it. When the disk refuses the name, the segment can still be written. */
  async seal(): Promise<void> {
    if (this.#damaged) await this.#cutOff();
    await this.#folder.seal(this.id);
    await this.#file.close();
    if (this.#durability === 'disk') await this.#folder.flush();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #cutOff(): Promise<void> {
    await this.#file.truncate(this.sizeBytes);
    this.#damaged = false;
  }
}
