/** A column of digests: whatever stands in it is in use. */
export interface DigestColumn {
  table: string;
  column: string;
}

/** Who refers to contents, and who needs them all to stay for a while. */
export interface Contents {
  /** Every module names the columns in which it keeps digests of blobs. Contents in no such column are garbage. */
  declare(column: DigestColumn): void;
  declared(): readonly DigestColumn[];
  /** Nothing is deleted until it is released, as during a backup. Waits for what is being deleted. */
  hold(): Promise<() => void>;
  /** Runs the deletion unless somebody holds the contents. Answers whether it ran. */
  deleting(run: () => Promise<void>): Promise<boolean>;
}

export const createContents = (): Contents => {
  const columns: DigestColumn[] = [];
  let holders = 0;
  let busy: Promise<void> | null = null;
  return {
    declare: (column) => {
      columns.push(column);
    },
    declared: () => columns,
    async hold() {
      holders += 1;
      await busy?.catch(() => undefined);
      let isHeld = true;
      return () => {
        if (isHeld) holders -= 1;
        isHeld = false;
      };
    },
    async deleting(run) {
      if (holders > 0) return false;
      busy = run();
      try {
        await busy;
      } finally {
        busy = null;
      }
      return true;
    },
  };
};
