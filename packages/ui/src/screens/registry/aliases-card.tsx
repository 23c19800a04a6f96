import type { Endpoint, Model, ModelVersion } from '@millwright/contract';
import { ArrowRightLeft, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ObjectLink } from '../../app/links.tsx';
import { useMay } from '../../app/session.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { AliasBadge, aliasNames } from './alias-chips.tsx';
import { MoveAlias, RemoveAlias } from './alias-dialog.tsx';

type Open = { kind: 'move'; alias: string | null } | { kind: 'remove'; alias: string } | null;

export const AliasesCard = ({
  model,
  versions,
  endpoints,
}: {
  model: Model;
  versions: readonly ModelVersion[];
  endpoints: readonly Endpoint[];
}) => {
  const may = useMay('model:approve');
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const names = aliasNames(model);
  const refusal = may ? undefined : 'Needs model:approve';
  return (
    <Card
      title="Aliases"
      flush
      aside={
        <Button
          small
          disabled={!may || versions.length === 0}
          title={refusal}
          icon={<Plus aria-hidden size={13} />}
          onClick={() => setOpen({ kind: 'move', alias: null })}
        >
          New alias
        </Button>
      }
    >
      {names.length === 0 ? (
        <p className="px-3 py-4 text-muted">No alias points at a version yet. Endpoints serve the champion.</p>
      ) : (
        <ul>
          {names.map((alias) => {
            const serving = alias === 'champion' ? endpoints : [];
            return (
              <li
                key={alias}
                className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 last:border-0"
              >
                <AliasBadge alias={alias} />
                <ObjectLink type="model-version" id={model.aliases[alias]?.versionId ?? ''}>
                  v{model.aliases[alias]?.number}
                </ObjectLink>
                <span className="min-w-0 flex-1 basis-28 text-xs text-muted">
                  {serving.map((endpoint) => (
                    <span key={endpoint.id}>
                      served at{' '}
                      <ObjectLink type="endpoint" id={endpoint.id}>
                        {endpoint.name}
                      </ObjectLink>{' '}
                    </span>
                  ))}
                </span>
                <Button
                  small
                  disabled={!may}
                  title={refusal}
                  icon={<ArrowRightLeft aria-hidden size={13} />}
                  onClick={() => setOpen({ kind: 'move', alias })}
                >
                  Move<span className="sr-only"> {alias}</span>
                </Button>
                <IconButton
                  label={`Remove the alias ${alias}`}
                  disabled={!may}
                  icon={<Trash2 aria-hidden size={14} />}
                  onClick={() => setOpen({ kind: 'remove', alias })}
                />
              </li>
            );
          })}
        </ul>
      )}
      {open?.kind === 'move' ? (
        <MoveAlias model={model} versions={versions} endpoints={endpoints} alias={open.alias} onClose={close} />
      ) : null}
      {open?.kind === 'remove' ? <RemoveAlias model={model} alias={open.alias} onClose={close} /> : null}
    </Card>
  );
};
