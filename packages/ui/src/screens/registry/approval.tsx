import {
  type ApprovalThread,
  commentOnApproval,
  decideApprovalRequest,
  getApprovalRequest,
  withdrawApprovalRequest,
} from '@millwright/contract';
import { Check, MessageSquare, Undo2, X } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay, useMe } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { TextArea } from '../../ui/field.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx';
import { requestLook, ruleWords, wishOf, wishText } from './words.ts';

type Act = 'approve' | 'reject' | 'withdraw';
const words: Record<Act, string> = { approve: 'Approve', reject: 'Reject', withdraw: 'Withdraw' };

const ActDialog = ({ request, act, onClose }: { request: ApprovalThread; act: Act; onClose: () => void }) => {
  const project = useProject();
  const [reason, setReason] = useState('');
  const title = `${wishOf(request)} for v${request.number} of ${request.modelName}`;
  const params = { project, request: request.id };
  const left = request.rules.filter(({ count, approved }) => approved < count);
  const isLast = left.every(({ count, approved }) => count - approved <= 1);
  const shared = {
    title: `${words[act]}: ${title}`,
    action: words[act],
    danger: act !== 'approve',
    onClose,
    incomplete: reason.trim() === '',
    children: (
      <TextArea
        label="Reason"
        required
        maxLength={2000}
        hint="Kept with the request, in the audit trail."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    ),
  };
  if (act === 'withdraw')
    return (
      <ActionDialog
        {...shared}
        operation={withdrawApprovalRequest}
        input={{ params, body: { reason: reason.trim() } }}
        done="Withdrawn"
        plan="Nobody needs to decide it any longer. Nothing else changes."
      />
    );
  return (
    <ActionDialog
      {...shared}
      operation={decideApprovalRequest}
      input={{ params, body: { decision: act, reason: reason.trim(), digest: request.digest } }}
      done={(reply) =>
        act === 'reject' ? 'Rejected' : reply.state === 'approved' ? 'Approved' : 'Your approval counts'
      }
      plan={
        act === 'reject' ? (
          'Closes the request. Where the version itself was to be approved, it is rejected for good.'
        ) : (
          <ul className="list-disc pl-4">
            <li>
              {isLast
                ? `With yours all approvals may be there: v${request.number} is approved then${request.alias ? `, and ${request.alias} points at it at once` : ''}${request.stage ? `, and is in ${request.stage} at once` : ''}.`
                : 'Others must approve, too, before anything happens.'}
            </li>
            {request.digest ? (
              <li>
                Holds for these files only: <ShortId value={request.digest} length={16} />
              </li>
            ) : (
              <li>The files lie elsewhere: nobody here can see whether they are changed later.</li>
            )}
          </ul>
        )
      }
    />
  );
};

const Comment = ({ request }: { request: ApprovalThread }) => {
  const project = useProject();
  const may = useMay('model:comment');
  const [text, setText] = useState('');
  const send = useChange(commentOnApproval, { refresh: [getApprovalRequest], onDone: () => setText('') });
  return (
    <form
      className="mt-4 flex flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate({ params: { project, request: request.id }, body: { text: text.trim() } });
      }}
    >
      <div className="w-full">
        <TextArea
          label="Comment"
          rows={3}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Button
        type="submit"
        disabled={!may || text.trim() === ''}
        title={may ? undefined : 'Needs model:comment'}
        busy={send.isPending}
        icon={<MessageSquare aria-hidden size={14} />}
      >
        Comment
      </Button>
    </form>
  );
};

const entriesOf = (request: ApprovalThread): TimelineEntry[] => {
  const person = (by: string, did: string) => (
    <>
      <span className="font-medium">{by}</span> {did}
    </>
  );
  const said: TimelineEntry[] = [
    ...request.votes.map(
      ({ by, decision, at, reason, roles }, index): TimelineEntry => ({
        id: `vote-${index}`,
        at,
        tone: decision === 'approve' ? 'good' : 'bad',
        title: (
          <>
            {person(by, decision === 'approve' ? 'approves' : 'rejects')}
            {roles.length > 0 ? <span className="text-xs text-muted">as {roles.join(' and ')}</span> : null}
          </>
        ),
        text: reason,
      }),
    ),
    ...request.comments.map(
      ({ id, by, at, text }): TimelineEntry => ({
        id,
        at,
        title: person(by, 'says'),
        text: <span className="whitespace-pre-wrap">{text}</span>,
      }),
    ),
  ].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return [
    {
      id: 'asked',
      at: request.requestedAt,
      tone: 'info',
      title: person(request.requestedBy, `asks for ${wishText(request)}`),
      text: request.reason,
    },
    ...said,
    ...(request.closedAt === null
      ? []
      : [
          {
            id: 'closed',
            at: request.closedAt,
            title: (
              <>
                <Status state={request.state} /> <span className="text-muted">by {request.closedBy}</span>
              </>
            ),
            text: request.closedReason,
          } satisfies TimelineEntry,
        ]),
  ];
};

const ApprovalScreen = () => {
  const project = useProject();
  const me = useMe();
  const may = useMay('model:approve');
  const mayWrite = useMay('model:write');
  const read = useRead(getApprovalRequest, { params: { project, request: useParam('request') } });
  const [act, setAct] = useState<Act | null>(null);
  if (read.error && !read.data)
    return (
      <>
        <h1 className="sr-only">Request for approval</h1>
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      </>
    );
  if (!read.data)
    return (
      <Loading label="Loading the request">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const request = read.data;
  const isOpen = request.state === 'open';
  const isOwn = request.requestedBy === me.principal.name;
  const refusal = !may ? 'Needs model:approve' : isOwn ? 'You asked for it: somebody else decides' : undefined;
  const overview = () => (
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card title="Thread">
        <Timeline label="Thread" entries={entriesOf(request)} />
        <Comment request={request} />
      </Card>
      <div className="flex min-w-0 flex-col gap-3">
        <Card title="Approvals needed">
          <ul className="flex flex-col gap-1">
            {request.rules.map((rule, index) => (
              <li key={index} className="flex items-center gap-2">
                <Status
                  state={rule.approved >= rule.count ? 'passed' : 'waiting'}
                  quiet
                  label={`${rule.approved} of ${rule.count}`}
                />
                {ruleWords(rule)}
              </li>
            ))}
          </ul>
          <p className="mt-2 text-xs text-muted">Neither who asked nor who registered the version counts.</p>
        </Card>
        <Card title="About">
          <KeyValue
            pairs={[
              [
                'Version',
                <ObjectLink key="version" type="model-version" id={request.modelVersionId}>
                  {request.modelName} v{request.number}
                </ObjectLink>,
              ],
              ['Asked for', wishOf(request)],
              ['Digest of files', request.digest ? <ShortId key="digest" value={request.digest} length={16} /> : null],
              ['Bound to', <ShortId key="bound" value={request.boundTo} length={16} />],
              ['Expires', isOpen ? <RelativeTime key="expires" at={request.expiresAt} /> : null],
            ]}
          />
        </Card>
      </div>
      {act ? <ActDialog request={request} act={act} onClose={() => setAct(null)} /> : null}
    </div>
  );
  return (
    <ObjectPage
      trail={[
        { label: 'Registry', path: 'registry' },
        { label: 'Approvals', path: 'registry/approvals' },
      ]}
      kind="Request for approval"
      name={`${wishOf(request)} for ${request.modelName}`}
      version={`v${request.number}`}
      health={requestLook(request.state)}
      actions={
        isOpen ? (
          <>
            {isOwn || may ? (
              <Button disabled={!mayWrite} icon={<Undo2 aria-hidden size={14} />} onClick={() => setAct('withdraw')}>
                Withdraw
              </Button>
            ) : null}
            <Button
              tone="danger"
              disabled={!may}
              title={may ? undefined : refusal}
              icon={<X aria-hidden size={14} />}
              onClick={() => setAct('reject')}
            >
              Reject
            </Button>
            <Button
              tone="primary"
              disabled={refusal !== undefined || !request.waitsForMe}
              title={refusal ?? (request.waitsForMe ? undefined : 'Your approval would not count')}
              icon={<Check aria-hidden size={14} />}
              onClick={() => setAct('approve')}
            >
              Approve
            </Button>
          </>
        ) : null
      }
      tabs={[{ id: 'overview', label: 'Overview', content: overview }]}
    />
  );
};
export default ApprovalScreen;
