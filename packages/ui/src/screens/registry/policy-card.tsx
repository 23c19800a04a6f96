import { type Model, getModelPolicy } from '@millwright/contract';
import { Pencil, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { EditModelPolicy } from './edit-policy.tsx';
import { ruleWords } from './words.ts';

/** Who must approve, and which aliases and stages are left to whom. */
export const PolicyCard = ({ model }: { model: Model }) => {
  const project = useProject();
  const may = useMay('model:protect');
  const policy = useRead(getModelPolicy, { params: { project, model: model.id } });
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Approvals and protection"
      aside={
        <Button
          small
          disabled={!may || !policy.data}
          title={may ? undefined : 'Needs model:protect'}
          icon={<Pencil aria-hidden size={13} />}
          onClick={() => setEditing(true)}
        >
          Edit
        </Button>
      }
    >
      {policy.error ? (
        <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />
      ) : !policy.data ? (
        <Skeleton className="h-16 w-full" />
      ) : (
        <>
          <p>
            {policy.data.effective.approvals.length === 0
              ? 'One person who may approve is enough.'
              : `Needs ${policy.data.effective.approvals.map(ruleWords).join(' and ')}.`}{' '}
            <span className="text-muted">Requests expire after {policy.data.effective.requestDays} days.</span>
          </p>
          <ul className="mt-2 flex flex-col gap-1.5">
            {policy.data.effective.protections.map(({ kind, pattern, role, approvedOnly }, at) => (
              <li key={at} className="flex flex-wrap items-center gap-1.5">
                <ShieldCheck aria-hidden size={14} className="text-muted" />
                {kind} <Badge>{pattern}</Badge>
                {role ? <span>moved by {role} only</span> : null}
                {approvedOnly ? <span className="text-muted">approved versions only</span> : null}
              </li>
            ))}
          </ul>
          <p className="mt-2 text-xs text-muted">champion and challenger always need an approved version.</p>
        </>
      )}
      {editing ? (
        <EditModelPolicy model={model} own={policy.data?.own ?? null} onClose={() => setEditing(false)} />
      ) : null}
    </Card>
  );
};
