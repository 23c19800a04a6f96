import {
  type Report,
  deleteReport,
  freezeReport,
  getReport,
  listReportCopies,
  listReports,
  updateReport,
} from '@millwright/contract';
import { useQueryClient } from '@tanstack/react-query';
import { BookOpen, History, Pencil, Printer, Share2, Snowflake, Trash2 } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { client } from '../../../api/client.ts';
import { keyOf, useRead } from '../../../api/queries.ts';
import { useGo, useParam, useProject, useScreenSearch } from '../../../app/location.ts';
import { useMay } from '../../../app/session.tsx';
import { ActionDialog } from '../../../ui/action-dialog.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { formatInstant } from '../../../ui/format.ts';
import { LoadedPage } from '../../../ui/loaded.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { CopiesDialog } from './copies-dialog.tsx';
import { Document, LiveBlock } from './document.tsx';
import { createDraft } from './draft.ts';
import { DraftMark, DraftProblem } from './draft-state.tsx';
import { Editor } from './editor.tsx';
import { isComplete } from './panel-kinds.ts';
import { ReportTrail } from './report-trail.tsx';
import { RevisionsDialog } from './revisions-dialog.tsx';

type Open = 'freeze' | 'copies' | 'revisions' | 'delete' | null;

/** One draft as long as the page lives; leaving it saves what is not saved yet. */
const useDraft = (report: Report, project: string) => {
  const queries = useQueryClient();
  const [store] = useState(() =>
    createDraft(report, async ({ blocks, ...content }) => {
      // A panel of which nobody said what it shows stays in the editor until somebody does.
      const complete = blocks.filter((block) => block.kind === 'text' || isComplete(block.panel));
      const saved = await client.call(updateReport, {
        params: { project, report: report.id },
        body: { ...content, blocks: complete },
      });
      queries.setQueryData(keyOf(getReport, { params: { project, report: report.id } }), saved);
      void queries.invalidateQueries({ queryKey: [listReports.id] });
      return saved;
    }),
  );
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (store.current().state === 'saved') return;
      void store.flush();
      event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      window.removeEventListener('beforeunload', warn);
      void store.flush();
    };
  }, [store]);
  return [useSyncExternalStore(store.subscribe, store.current), store] as const;
};

const ReportPage = ({ report }: { report: Report }) => {
  const project = useProject();
  const go = useGo();
  const may = useMay('run:write');
  const [search, change] = useScreenSearch();
  const [open, setOpen] = useState<Open>(null);
  const [draft, store] = useDraft(report, project);
  // Somebody else's changes show as soon as they are read, unless there are own ones.
  useEffect(() => {
    if (store.current().state === 'saved' && report.revision > store.current().revision) store.takeTheirs(report);
  }, [store, report]);
  const editing = may && search['edit'] === 'on';
  const close = () => setOpen(null);
  const params = { params: { project, report: report.id } };
  const rights = { disabled: !may, title: may ? undefined : 'Needs run:write' };
  return (
    <>
      <div data-print="never" className="mb-4 flex flex-wrap items-center gap-2">
        <ReportTrail last="Report" />
        <div className="flex flex-1 flex-wrap items-center justify-end gap-2">
          {editing || draft.state !== 'saved' ? <DraftMark state={draft.state} /> : null}
          <IconButton
            label="Print, or keep as PDF"
            icon={<Printer aria-hidden size={15} />}
            onClick={() => window.print()}
          />
          <IconButton label="Revisions" icon={<History aria-hidden size={15} />} onClick={() => setOpen('revisions')} />
          <IconButton
            label="Delete the report"
            icon={<Trash2 aria-hidden size={15} />}
            {...rights}
            onClick={() => setOpen('delete')}
          />
          <Button icon={<Share2 aria-hidden size={14} />} onClick={() => setOpen('copies')}>
            Copies and sharing
          </Button>
          <Button
            icon={<Snowflake aria-hidden size={14} />}
            {...rights}
            onClick={() => void store.flush().then(() => setOpen('freeze'))}
          >
            Freeze
          </Button>
          <Button
            tone="primary"
            icon={editing ? <BookOpen aria-hidden size={14} /> : <Pencil aria-hidden size={14} />}
            {...rights}
            onClick={() => {
              void store.flush();
              change({ edit: editing ? null : 'on' });
            }}
          >
            {editing ? 'Read' : 'Edit'}
          </Button>
        </div>
      </div>
      <DraftProblem draft={draft} store={store} id={report.id} project={project} />
      {editing ? (
        <>
          <h1 className="sr-only">{draft.title}</h1>
          <Editor title={draft.title} blocks={draft.blocks} edit={store.edit} />
        </>
      ) : (
        <Document
          title={draft.title}
          facts={
            <>
              <span>{report.createdBy}</span>
              <span>·</span>
              <span>
                changed {formatInstant(report.updatedAt)}
                {report.updatedBy === report.createdBy ? '' : ` by ${report.updatedBy}`}
              </span>
            </>
          }
        >
          {draft.blocks.length === 0 ? (
            <EmptyState title="Nothing is written yet" text="Text and panels are added in the editor." />
          ) : (
            draft.blocks.map((block) => <LiveBlock key={block.id} block={block} />)
          )}
        </Document>
      )}
      {open === 'copies' ? <CopiesDialog report={report} onClose={close} /> : null}
      {open === 'revisions' ? (
        <RevisionsDialog
          report={report}
          onTake={may ? ({ title, blocks }) => store.edit(() => ({ title, blocks })) : null}
          onClose={close}
        />
      ) : null}
      {open === 'freeze' ? (
        <ActionDialog
          operation={freezeReport}
          input={params}
          title="Freeze this report"
          plan="The server looks up what every panel shows now, and keeps it with the text as one document under its digest. The copy never changes; the report goes on living."
          action="Freeze"
          refresh={[listReportCopies, listReports]}
          done="The copy was frozen"
          onDone={(copy) => go(`/p/${project}/experiments/reports/${report.id}/copies/${copy.id}`)}
          onClose={close}
        />
      ) : null}
      {open === 'delete' ? (
        <ActionDialog
          operation={deleteReport}
          input={params}
          title={`Delete ${draft.title}`}
          plan="Deletes the report for good, with what it was before, its frozen copies, and the addresses at which they are shared."
          action="Delete"
          danger
          refresh={[listReports]}
          done="The report was deleted"
          onDone={() => go(`/p/${project}/experiments/reports`)}
          onClose={close}
        />
      ) : null}
    </>
  );
};

const ReportScreen = () => {
  const id = useParam('report');
  const report = useRead(getReport, { params: { project: useProject(), report: id } });
  return <LoadedPage query={report}>{(data) => <ReportPage key={id} report={data} />}</LoadedPage>;
};
export default ReportScreen;
