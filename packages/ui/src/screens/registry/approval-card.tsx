import {
  type ModelVersion,
  decideApproval,
  getModel,
  getModelPolicy,
  getModelVersion,
  listModelVersions,
} from '@millwright/contract';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay, useMe } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { TextArea } from '../../ui/field.tsx';
import { statusLook } from '../../ui/status.ts';
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx';

type Decision = 'approve' | 'reject';
const refresh = [getModelVersion, listModelVersions, getModel];

const DecideDialog = ({
  version,
  decision,
  onClose,
}: {
  version: ModelVersion;
  decision: Decision;
  onClose: () => void;
}) => {
  const project = useProject();
  const me = useMe();
  const model = useRead(getModel, { params: { project, model: version.modelId } });
  const [reason, setReason] = useState('');
  const title = `v${version.number} of ${version.modelName}`;
  const own = model.data?.approval === 'manual' && version.createdBy === me.principal.name;
  return (
    <ActionDialog
      operation={decideApproval}
      input={{
        params: { project, modelVersion: version.id },
        body: { decision, reason: reason.trim(), digest: version.digest },
      }}
      title={decision === 'approve' ? `Approve ${title}` : `Reject ${title}`}
      action={decision === 'approve' ? 'Approve' : 'Reject'}
      danger={decision === 'reject'}
      refresh={refresh}
      done={`${title} is ${decision === 'approve' ? 'approved' : 'rejected'}`}
      incomplete={reason.trim() === ''}
      onClose={onClose}
      plan={
        <ul className="list-disc pl-4">
          <li>
            {decision === 'approve'
              ? `${title} may become champion or challenger. Nothing is served differently yet.`
              : `${title} can never become champion or challenger: to have it decided anew, it is registered again.`}
          </li>
          <li>
            {version.digest === null ? (
              'The files lie elsewhere: nobody here can see whether they are changed later.'
            ) : (
              <>
                Holds for these files only: <ShortId value={version.digest} length={16} />
              </>
            )}
          </li>
          {own && decision === 'approve' ? (
            <li className="text-warn">You registered this version: the server will ask for somebody else.</li>
          ) : null}
        </ul>
      }
    >
      <TextArea
        label="Reason"
        required
        maxLength={2000}
        hint="Kept with the decision, in the audit trail."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ActionDialog>
  );
};

/** Who asked, what the gate said, who decided and why; the decision itself while it is open. */
export const ApprovalCard = ({ version, verdict }: { version: ModelVersion; verdict: string | undefined }) => {
  const may = useMay('model:approve');
  const [open, setOpen] = useState<Decision | null>(null);
  const { approval } = version;
  const byNobody = approval.by === null && approval.reason !== '';
  const byGate = approval.by?.startsWith('gate:') ?? false;
  const entries: TimelineEntry[] = [
    {
      id: 'registered',
      at: version.createdAt,
      title: (
        <>
          <span className="font-medium">{version.createdBy}</span> registered it
        </>
      ),
      text: version.note || null,
    },
  ];
  if (verdict)
    entries.push({
      id: 'gate',
      at: null,
      tone: statusLook(verdict).tone,
      title: (
        <>
          The gate says <Status state={verdict} />
        </>
      ),
    });
  entries.push(
    approval.by === null
      ? {
          id: 'pending',
          at: null,
          tone: 'info',
          title: <Status state="waiting" label="Waiting for a decision" />,
          text: byNobody
            ? approval.reason
            : 'Somebody with the role approver decides. The decision is bound to the digest of the model file.',
        }
      : {
          id: 'decided',
          at: approval.at,
          tone: statusLook(approval.state).tone,
          title: (
            <>
              <span className="font-medium">{byGate ? 'The gate' : approval.by}</span>
              <Status state={approval.state} />
            </>
          ),
          text: (
            <>
              {approval.reason}
              {approval.digest === null ? null : (
                <span className="flex flex-wrap items-center gap-x-1 text-xs">
                  {approval.digest === version.digest ? 'for the digest' : 'for another digest than this file has:'}
                  <ShortId value={approval.digest} />
                </span>
              )}
            </>
          ),
        },
  );
  const project = useProject();
  const policy = useRead(getModelPolicy, { params: { project, model: version.modelId } });
  const refusal = may ? undefined : 'Needs model:approve';
  const needsRequest = (policy.data?.effective.approvals ?? []).some(
    ({ role, count }) => count > 1 || role === 'admin',
  );

  return (
    <Card title="Approval" aside={<Status state={approval.state} />}>
      <Timeline label="Approval" entries={entries} />
      {approval.state === 'pending' ? (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button
            tone="primary"
            disabled={!may || needsRequest}
            title={refusal ?? (needsRequest ? 'More than one person must approve: ask for it below' : undefined)}
            icon={<Check aria-hidden size={14} />}
            onClick={() => setOpen('approve')}
          >
            Approve
          </Button>
          <Button
            tone="danger"
            disabled={!may}
            title={refusal}
            icon={<X aria-hidden size={14} />}
            onClick={() => setOpen('reject')}
          >
            Reject
          </Button>
        </div>
      ) : null}
      {open ? <DecideDialog version={version} decision={open} onClose={() => setOpen(null)} /> : null}
    </Card>
  );
};
