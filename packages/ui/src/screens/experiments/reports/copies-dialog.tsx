import {
  type Report,
  type ReportCopy,
  type ShareLink,
  createShareLink,
  listReportCopies,
  listShareLinks,
  revokeShareLink,
} from '@millwright/contract';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/queries.ts';
import { ScreenLink } from '../../../app/links.tsx';
import { useProject } from '../../../app/location.ts';
import { useMay } from '../../../app/session.tsx';
import { ActionDialog } from '../../../ui/action-dialog.tsx';
import { Status } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { CodeBlock, ShortId } from '../../../ui/code.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/field.tsx';
import { formatInstant } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';

const lives = [
  { value: '1', label: 'a day' },
  { value: '7', label: 'a week' },
  { value: '30', label: '30 days' },
  { value: '365', label: 'a year' },
];

/** Shows what will be open to whom before it is. */
const ShareDialog = ({
  report,
  copy,
  onDone,
  onClose,
}: {
  report: Report;
  copy: ReportCopy;
  onDone: (secret: string) => void;
  onClose: () => void;
}) => {
  const [days, setDays] = useState('30');
  return (
    <ActionDialog
      operation={createShareLink}
      input={{ params: { project: useProject(), report: report.id, copy: copy.id }, body: { days: Number(days) } }}
      title="Share this copy"
      plan={`Whoever has the address reads this frozen copy of ${formatInstant(copy.frozenAt)} without an account: its text and all its panels showed then. Nothing else of this server can be reached by it. It can be revoked at any time.`}
      action="Make the address"
      refresh={[listShareLinks]}
      onDone={({ secret }) => onDone(secret)}
      onClose={onClose}
    >
      <Select label="Valid for" choices={lives} value={days} onChange={(event) => setDays(event.target.value)} />
    </ActionDialog>
  );
};

const LinkRow = ({ link, report }: { link: ShareLink; report: Report }) => {
  const project = useProject();
  const may = useMay('report:share');
  const revoke = useChange(revokeShareLink, { refresh: [listShareLinks], done: 'The address answers no more' });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Status quiet state={link.state === 'active' ? 'active' : 'disabled'} label={link.state} />
      <code className="font-mono text-xs">{link.hint}…</code>
      <span className="flex-1 text-xs text-muted">
        by {link.createdBy}, until {formatInstant(link.expiresAt)}
        {link.lastReadAt === null ? ', never read' : `, last read ${formatInstant(link.lastReadAt)}`}
      </span>
      {link.state === 'active' ? (
        <Button
          small
          tone="danger"
          disabled={!may}
          title={may ? undefined : 'Needs report:share'}
          busy={revoke.isPending}
          onClick={() => revoke.mutate({ params: { project, report: report.id, link: link.id } })}
        >
          Revoke
        </Button>
      ) : null}
    </li>
  );
};

/** The frozen copies of a report, and the addresses at which they are read without an account. */
export const CopiesDialog = ({ report, onClose }: { report: Report; onClose: () => void }) => {
  const project = useProject();
  const params = { params: { project, report: report.id } };
  const copies = useRead(listReportCopies, params);
  const links = useRead(listShareLinks, params);
  const may = useMay('report:share');
  const [sharing, setSharing] = useState<ReportCopy | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const allowed = links.data?.allowed ?? false;
  const why = !may ? 'Needs report:share' : allowed ? undefined : 'The operator does not allow it (--share-links)';
  const here = new URL(`/p/${encodeURIComponent(project)}/experiments/reports/${report.id}`, location.origin).href;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Copies and sharing"
      description="The report itself is read by whoever may read the runs of this project; a frozen copy can be shared further."
    >
      <div className="flex flex-col gap-4">
        <CodeBlock label="Address inside the project" code={here} />
        {secret ? (
          <div role="status" className="rounded-md border border-good/50 bg-good-soft p-3">
            <p className="mb-2 font-medium">This address is shown once. Copy it now.</p>
            <CodeBlock label="Shared address" code={new URL(`/shared/${secret}`, location.origin).href} />
          </div>
        ) : null}
        <Loaded query={copies} height={120}>
          {(data) =>
            data.items.length === 0 ? (
              <p className="text-muted">
                Nothing was frozen yet. Freeze keeps the report as it is now, with all its panels show.
              </p>
            ) : (
              <ul aria-label="Frozen copies" className="flex flex-col gap-3">
                {data.items.map((copy) => (
                  <li key={copy.id} className="rounded-md border border-line p-3">
                    <div className="flex flex-wrap items-center gap-2">
                      <ScreenLink
                        to={`/p/${project}/experiments/reports/${report.id}/copies/${copy.id}`}
                        className="font-medium text-accent hover:underline"
                      >
                        {formatInstant(copy.frozenAt)}
                      </ScreenLink>
                      <span className="text-xs text-muted">
                        revision {copy.revision}, by {copy.frozenBy}
                      </span>
                      <ShortId value={copy.digest} />
                      <span className="flex-1" />
                      <Button small disabled={why !== undefined} title={why} onClick={() => setSharing(copy)}>
                        Share
                      </Button>
                    </div>
                    <ul
                      aria-label={`Addresses of the copy of ${formatInstant(copy.frozenAt)}`}
                      className="mt-2 flex flex-col gap-1"
                    >
                      {links.data?.items
                        .filter((link) => link.copyId === copy.id)
                        .map((link) => (
                          <LinkRow key={link.id} link={link} report={report} />
                        ))}
                    </ul>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        {links.data && !allowed ? (
          <p className="text-xs text-faint">
            Sharing without an account is switched off. An operator switches it on with --share-links true.
          </p>
        ) : null}
      </div>
      {sharing ? (
        <ShareDialog report={report} copy={sharing} onDone={setSecret} onClose={() => setSharing(null)} />
      ) : null}
    </Dialog>
  );
};
