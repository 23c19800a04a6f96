import type { Pipeline } from '@millwright/contract';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { DefinitionForm } from './definition-form.tsx';

export const Definition = ({ pipeline }: { pipeline: Pipeline }) => {
  const may = useMay('pipeline:write');
  const [editing, setEditing] = useState(false);
  if (editing)
    return (
      <Card title={`Revision ${pipeline.revision + 1} of ${pipeline.name}`}>
        <DefinitionForm
          pipeline={pipeline}
          spec={pipeline.spec}
          onDone={() => setEditing(false)}
          onCancel={() => setEditing(false)}
        />
      </Card>
    );
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <p className="flex-1 text-muted">
          Revision {pipeline.revision}, saved <RelativeTime at={pipeline.updatedAt} />. A run keeps the revision it
          started with.
        </p>
        <Button
          icon={<Pencil aria-hidden size={13} />}
          disabled={!may}
          title={may ? undefined : 'Needs pipeline:write'}
          onClick={() => setEditing(true)}
        >
          Edit
        </Button>
      </div>
      <CodeBlock label="Definition as JSON" code={JSON.stringify(pipeline.spec, null, 2)} />
    </>
  );
};
