import type { ApprovalRule, Protection, RegistryPolicy } from '@millwright/contract';
import { Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox, Select, TextField } from '../../ui/field.tsx';

const roles = [
  { value: '', label: 'Whoever may approve' },
  { value: 'approver', label: 'Approvers' },
  { value: 'admin', label: 'Admins' },
];
const movers = [{ value: '', label: 'Whoever may move aliases' }, ...roles.slice(1)];
const places = [
  { value: 'alias', label: 'Alias' },
  { value: 'stage', label: 'Stage' },
];
const roleOf = (value: string) => (value === '' ? null : (value as ApprovalRule['role']));
const patternForm = /^[\p{L}\p{N}_*-]{1,255}$/u;

/** Rows that are changed where they stand, removed and added. */
const Rows = <Row,>({
  title,
  none,
  add,
  rows,
  fresh: another,
  onChange,
  children,
}: {
  title: string;
  none: string;
  add: string;
  rows: readonly Row[];
  fresh: Row;
  onChange: (rows: Row[]) => void;
  children: (row: Row, set: (change: Partial<Row>) => void) => ReactNode;
}) => (
  <fieldset className="flex flex-col gap-2 rounded-md border border-line p-3">
    <legend className="px-1 text-xs font-medium text-muted">{title}</legend>
    {rows.length === 0 ? <p className="text-muted">{none}</p> : null}
    {rows.map((row, at) => (
      <div key={at} className="flex flex-wrap items-end gap-2">
        {children(row, (change) => onChange(rows.map((one, place) => (place === at ? { ...one, ...change } : one))))}
        <IconButton
          label={`Remove row ${at + 1} of ${title}`}
          icon={<Trash2 aria-hidden size={14} />}
          onClick={() => onChange(rows.filter((_row, place) => place !== at))}
        />
      </div>
    ))}
    <Button
      small
      className="self-start"
      icon={<Plus aria-hidden size={13} />}
      onClick={() => onChange([...rows, another])}
    >
      {add}
    </Button>
  </fieldset>
);

export const isPolicyComplete = ({ approvals, protections, requestDays }: RegistryPolicy): boolean =>
  protections.every(({ pattern }) => patternForm.test(pattern)) &&
  requestDays >= 1 &&
  requestDays <= 365 &&
  approvals.every(({ count }) => count >= 1 && count <= 10);

/** Who approves versions, and which aliases and stages are left to whom. */
export const PolicyFields = ({
  policy,
  onChange,
}: {
  policy: RegistryPolicy;
  onChange: (policy: RegistryPolicy) => void;
}) => {
  const set = (change: Partial<RegistryPolicy>) => onChange({ ...policy, ...change });
  return (
    <>
      <Rows<ApprovalRule>
        title="People who must approve a version"
        none="One person who may approve is enough; gates approve where the model says so."
        add="Add people"
        rows={policy.approvals}
        fresh={{ role: 'approver', count: 1 }}
        onChange={(approvals) => set({ approvals })}
      >
        {(rule, change) => (
          <>
            <div className="w-24">
              <TextField
                label="How many"
                type="number"
                min={1}
                max={10}
                value={rule.count}
                onChange={(event) => change({ count: Math.round(Number(event.target.value)) })}
              />
            </div>
            <Select
              label="Of whom"
              choices={roles}
              value={rule.role ?? ''}
              onChange={(event) => change({ role: roleOf(event.target.value) })}
            />
          </>
        )}
      </Rows>
      <Rows<Protection>
        title="Protected aliases and stages"
        none="Whoever may move aliases moves all of them."
        add="Protect an alias or a stage"
        rows={policy.protections}
        fresh={{ kind: 'alias', pattern: '', role: 'admin', approvedOnly: true }}
        onChange={(protections) => set({ protections })}
      >
        {(protection, change) => (
          <>
            <Select
              label="What"
              choices={places}
              value={protection.kind}
              onChange={(event) => change({ kind: event.target.value as Protection['kind'] })}
            />
            <div className="w-40">
              <TextField
                label="Called"
                placeholder="prod*"
                title="* stands for any letters"
                maxLength={255}
                value={protection.pattern}
                aria-invalid={protection.pattern !== '' && !patternForm.test(protection.pattern)}
                onChange={(event) => change({ pattern: event.target.value })}
              />
            </div>
            <Select
              label="Moved by"
              choices={movers}
              value={protection.role ?? ''}
              onChange={(event) => change({ role: roleOf(event.target.value) })}
            />
            <Checkbox
              label="Approved versions only"
              className="min-h-8"
              checked={protection.approvedOnly}
              onChange={(event) => change({ approvedOnly: event.target.checked })}
            />
          </>
        )}
      </Rows>
      <div className="w-56">
        <TextField
          label="Requests expire after, in days"
          type="number"
          min={1}
          max={365}
          value={policy.requestDays}
          onChange={(event) => set({ requestDays: Math.round(Number(event.target.value)) })}
        />
      </div>
    </>
  );
};
