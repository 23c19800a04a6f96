import { type Pipeline, type PipelineSpec, listStepKinds, savePipeline } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { Checkbox, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { readDefinition } from './spec.ts';

const StepKinds = () => {
  const kinds = useRead(listStepKinds);
  return (
    <details className="text-sm">
      <summary className="min-h-6 text-muted">Kinds of steps</summary>
      <ul className="mt-1 flex max-h-72 flex-col gap-2 overflow-y-auto pr-1" tabIndex={0} aria-label="Kinds of steps">
        {kinds.data?.items.map((kind) => (
          <li key={kind.kind}>
            <details>
              <summary className="min-h-6">
                <code className="font-mono text-xs">{kind.kind}</code>{' '}
                <span className="text-muted">{kind.summary}</span>
              </summary>
              <CodeBlock label={`Input of ${kind.kind}`} code={JSON.stringify(kind.input, null, 2)} />
              <CodeBlock label={`Output of ${kind.kind}`} code={JSON.stringify(kind.output, null, 2)} />
            </details>
          </li>
        ))}
      </ul>
    </details>
  );
};

export interface DefinitionFormProps {
  /** Without one a new pipeline is made. */
  pipeline?: Pipeline;
  spec: PipelineSpec;
  onDone: (saved: Pipeline) => void;
  onCancel: () => void;
}

/** The definition as JSON. The server says what is wrong with it, place by place; saving makes the next revision. */
export const DefinitionForm = ({ pipeline, spec, onDone, onCancel }: DefinitionFormProps) => {
  const project = useProject();
  const [name, setName] = useState(pipeline?.name ?? '');
  const [description, setDescription] = useState(pipeline?.description ?? '');
  const [enabled, setEnabled] = useState(pipeline?.enabled ?? true);
  const [text, setText] = useState(() => JSON.stringify(spec, null, 2));
  const [problem, setProblem] = useState<string | undefined>();
  const save = useChange(savePipeline, {
    quiet: true,
    done: (saved) => `${saved.name} is at revision ${saved.revision}`,
    onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readDefinition(text);
    setProblem('problem' in read ? read.problem : undefined);
    if ('spec' in read)
      save.mutate({ params: { project, pipeline: name }, body: { description, enabled, spec: read.spec } });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {pipeline ? null : (
        <TextField
          label="Name"
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,119}"
          hint="Letters, digits, dot, underscore and hyphen"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <TextField
        label="Description"
        maxLength={10_000}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      <TextArea
        label="Definition"
        rows={22}
        spellCheck={false}
        className="font-mono !text-xs leading-5"
        hint="Steps with what they need; values may refer to earlier steps: {&quot;$from&quot;: &quot;train.runId&quot;}"
        error={problem}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Checkbox
        label="Enabled: triggers start runs"
        checked={enabled}
        onChange={(event) => setEnabled(event.target.checked)}
      />
      <StepKinds />
      {save.error ? <ErrorState error={save.error} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button tone="primary" type="submit" busy={save.isPending}>
          {pipeline ? `Save as revision ${pipeline.revision + 1}` : 'Create the pipeline'}
        </Button>
      </div>
    </form>
  );
};
