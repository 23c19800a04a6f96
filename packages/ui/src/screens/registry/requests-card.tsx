import {
  type ModelVersion,
  getModelPolicy,
  listApprovalRequests,
  type ModelStage,
  requestApproval,
} from '@millwright/contract';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { pathOf, ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { requestLook, ruleWords, stageChoices, wishOf } from './words.ts';

type Wish = 'version' | 'alias' | 'stage';
const wishes = [
  { value: 'version', label: 'its approval' },
  { value: 'alias', label: 'an alias' },
  { value: 'stage', label: 'a stage' },
];
const stages = stageChoices.filter(({ value }) => value !== 'None');

const AskDialog = ({ version, onClose }: { version: ModelVersion; onClose: () => void }) => {
  const project = useProject();
  const policy = useRead(getModelPolicy, { params: { project, model: version.modelId } });
  const [wish, setWish] = useState<Wish>(version.approval.state === 'pending' ? 'version' : 'alias');
  const [alias, setAlias] = useState('champion');
  const [stage, setStage] = useState<ModelStage>('Production');
  const [reason, setReason] = useState('');
  const rules = policy.data?.effective.approvals ?? [];
  return (
    <ActionDialog
      operation={requestApproval}
      input={{
        params: { project, modelVersion: version.id },
        body: {
          reason: reason.trim(),
          ...(wish === 'alias' ? { alias } : {}),
          ...(wish === 'stage' ? { stage } : {}),
        },
      }}
      title={`Ask for v${version.number} of ${version.modelName}`}
      action="Ask"
      done="Asked: those who may decide find it in their inbox"
      incomplete={reason.trim() === '' || (wish === 'alias' && alias.trim() === '')}
      onClose={onClose}
      plan={
        <ul className="list-disc pl-4">
          <li>Bound to the files, signature and source as they are now: a change of them voids it.</li>
          <li>
            {rules.length === 0
              ? 'One person who may approve decides.'
              : `Needs ${rules.map(ruleWords).join(' and ')}.`}
          </li>
          {wish === 'version' ? null : <li>Once approved, it happens at once.</li>}
        </ul>
      }
    >
      <Select label="Ask for" choices={wishes} value={wish} onChange={(event) => setWish(event.target.value as Wish)} />
      {wish === 'alias' ? (
        <TextField label="Alias" maxLength={255} value={alias} onChange={(event) => setAlias(event.target.value)} />
      ) : null}
      {wish === 'stage' ? (
        <Select
          label="Stage"
          choices={stages}
          value={stage}
          onChange={(event) => setStage(event.target.value as ModelStage)}
        />
      ) : null}
      <TextArea
        label="Why"
        required
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ActionDialog>
  );
};

/** What was asked for this version, and the way to ask. */
export const RequestsCard = ({ version }: { version: ModelVersion }) => {
  const project = useProject();
  const may = useMay('model:write');
  const [open, setOpen] = useState(false);
  const requests = useRead(listApprovalRequests, {
    params: { project },
    query: { modelVersion: version.id, limit: 20 },
  });
  const items = requests.data?.items ?? [];
  return (
    <Card
      title="Requests for approval"
      flush
      aside={
        <Button
          small
          disabled={!may || version.deletedAt !== null || version.approval.state === 'rejected'}
          title={may ? undefined : 'Needs model:write'}
          icon={<Send aria-hidden size={13} />}
          onClick={() => setOpen(true)}
        >
          Ask
        </Button>
      }
    >
      {items.length === 0 ? (
        <p className="px-3 py-4 text-muted">Nobody asked for anything about this version.</p>
      ) : (
        <ul>
          {items.map((request) => (
            <li
              key={request.id}
              className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 last:border-0"
            >
              <Status state={requestLook(request.state)} />
              <ScreenLink
                to={pathOf(project, 'approval-request', request.id) ?? ''}
                className="inline-flex min-h-6 items-center text-accent underline"
              >
                {wishOf(request)}
              </ScreenLink>
              <span className="min-w-0 flex-1 basis-28 truncate text-xs text-muted">
                {request.requestedBy}: {request.reason}
              </span>
              <span className="text-xs text-faint">
                <RelativeTime at={request.requestedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {open ? <AskDialog version={version} onClose={() => setOpen(false)} /> : null}
    </Card>
  );
};
