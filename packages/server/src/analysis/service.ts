import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import type { StreamReply } from '#platform/http';
import { streamExport } from './archive.ts';
import { createRelationFiles } from './relation-files.ts';
import { createSql, type Sql } from './sql.ts';

export interface AnalysisService extends Sql {
  /** Everything of the project as Parquet, in a tar. */
  exportProject(ctx: Ctx, options: { files: boolean }): Promise<StreamReply>;
}

export const createAnalysis = (platform: Platform): AnalysisService => {
  const files = createRelationFiles(platform);
  return {
    ...createSql(platform, files),
    exportProject: (ctx, options) => streamExport(platform, files, ctx, options),
  };
};
