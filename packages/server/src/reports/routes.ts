import {
  createReport,
  createShareLink,
  deleteReport,
  exportReportCopy,
  freezeReport,
  getReport,
  getReportCopy,
  getReportRevision,
  listReportCopies,
  listReportRevisions,
  listReports,
  listShareLinks,
  readPanel,
  readSharedReport,
  revokeShareLink,
  updateReport,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { ReportsService } from './service.ts';

export const routes = (api: Api, service: ReportsService): void => {
  api.serve(listReports, ({ query }, ctx) => service.listReports(ctx, query));
  api.serve(createReport, ({ body }, ctx) => service.createReport(ctx, body));
  api.serve(getReport, ({ params }, ctx) => service.getReport(ctx, params.report));
  api.serve(updateReport, ({ params, body }, ctx) => service.updateReport(ctx, params.report, body));
  api.serve(deleteReport, ({ params }, ctx) => service.deleteReport(ctx, params.report));
  api.serve(listReportRevisions, ({ params, query }, ctx) => service.listReportRevisions(ctx, params.report, query));
  api.serve(getReportRevision, ({ params }, ctx) =>
    service.getReportRevision(ctx, params.report, Number(params.revision)),
  );
  api.serve(readPanel, ({ body }, ctx) => service.readPanel(ctx, body.panel));
  api.serve(freezeReport, ({ params }, ctx) => service.freezeReport(ctx, params.report));
  api.serve(listReportCopies, ({ params, query }, ctx) => service.listReportCopies(ctx, params.report, query));
  api.serve(getReportCopy, ({ params }, ctx) => service.readReportCopy(ctx, params.report, params.copy));
  api.serve(exportReportCopy, ({ params, headers }, ctx) =>
    service.exportReportCopy(ctx, params.report, params.copy, headers),
  );
  api.serve(createShareLink, ({ params, body }, ctx) => service.createShareLink(ctx, params, body.days ?? 30));
  api.serve(listShareLinks, ({ params }, ctx) => service.listShareLinks(ctx, params.report));
  api.serve(revokeShareLink, ({ params }, ctx) => service.revokeShareLink(ctx, params.report, params.link));
  api.serve(readSharedReport, ({ params, setHeader }) => {
    setHeader('x-robots-tag', 'noindex, nofollow');
    setHeader('cache-control', 'no-store');
    return service.readShared(params.secret);
  });
};
