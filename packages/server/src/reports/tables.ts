export type ReportTables = {
  reports: {
    id: string;
    project: string;
    title: string;
    blocks: string;
    revision: number;
    created_by: string;
    created_at: number;
    updated_by: string;
    updated_at: number;
  };
  report_revisions: {
    report: string;
    revision: number;
    title: string;
    blocks: string;
    saved_by: string;
    saved_at: number;
  };
  report_copies: {
    id: string;
    report: string;
    revision: number;
    title: string;
    digest: string;
    size_bytes: number;
    frozen_by: string;
    frozen_at: number;
  };
  report_links: {
    id: string;
    report: string;
    copy: string;
    secret_hash: string;
    hint: string;
    created_by: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
    last_read_at: number | null;
  };
};
