import { downloadSql, exportProject, listSqlTables, querySql } from '@millwright/contract';
import type { Api } from '#platform/http';
import type { AnalysisService } from './service.ts';

export const routes = (api: Api, service: AnalysisService): void => {
  api.serve(listSqlTables, (_input, ctx) => ({ items: service.tables(ctx) }));
  api.serve(querySql, ({ body, signal }, ctx) => service.query(ctx, body, signal));
  api.serve(downloadSql, ({ body, signal }, ctx) => service.download(ctx, body, signal));
  api.serve(exportProject, ({ query }, ctx) => service.exportProject(ctx, { files: query.files ?? false }));
};
