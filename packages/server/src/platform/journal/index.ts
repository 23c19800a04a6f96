import { Journal, type JournalOptions } from './journal.ts';
import { SegmentFolder } from './segment-file.ts';

export type { AppendResult, DropReason, Journal, JournalOptions, JournalStats, SealedSegment } from './journal.ts';
export type { Durability } from './segment-writer.ts';

/** Opens the journal, recovering the segments of earlier processes. Rejects when the folder cannot be used. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  return new Journal(options, new SegmentFolder(options.dir, options.name)).recover();
}
