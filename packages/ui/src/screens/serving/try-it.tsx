import { type Endpoint, type Signature, type TensorMeta, listPredictions, predict } from '@millwright/contract';
import { Send } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { client } from '../../api/client.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { curlLine } from '../../ui/commands.ts';
import { Select, TextField } from '../../ui/field.tsx';
import { formatPercent } from '../../ui/format.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Swatch } from '../../ui/swatch.tsx';
import { labelOf, readInputs, readReply, textsOf } from './infer-request.ts';

const booleans = [
  { value: '', label: 'Choose' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
];
const hints: Record<TensorMeta['datatype'], string> = {
  BOOL: 'true or false',
  INT32: 'whole number',
  INT64: 'whole number',
  FP32: 'number; empty is missing',
  FP64: 'number; empty is missing',
  BYTES: 'text; empty is missing',
};

interface InputProps {
  input: TensorMeta;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}
const InputField = ({ input, text, error, onChange }: InputProps) => {
  const shared = { label: `${labelOf(input)}, ${hints[input.datatype]}`, error, value: text };
  if (input.datatype === 'BOOL')
    return <Select {...shared} choices={booleans} onChange={(event) => onChange(event.target.value)} />;
  return (
    <TextField
      {...shared}
      inputMode={input.datatype === 'BYTES' ? 'text' : input.datatype.startsWith('INT') ? 'numeric' : 'decimal'}
      autoComplete="off"
      onChange={(event) => onChange(event.target.value)}
    />
  );
};

const Answer = ({ signature, reply }: { signature: Signature; reply: Parameters<typeof readReply>[1] }) => {
  const { answer, classes, predictionId, variant } = readReply(signature, reply);
  return (
    <div role="status" className="flex flex-col gap-3">
      <p>
        <span className="text-muted">{signature.target}: </span>
        <span className="text-xl font-semibold tabular-nums">{answer}</span>
      </p>
      {classes.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {classes.slice(0, 10).map(({ label, probability }) => (
            <li key={label} className="grid grid-cols-[minmax(0,8rem)_minmax(0,1fr)_3.5rem] items-center gap-2">
              <span className="truncate" title={label}>
                {label}
              </span>
              <svg aria-hidden width="100%" height="10">
                <rect width="100%" height="10" rx="2" fill="var(--sunken)" />
                <rect width={`${probability * 100}%`} height="10" rx="2" fill="var(--series-1)" />
              </svg>
              <span className="text-right text-xs tabular-nums">{formatPercent(probability)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted">
        {variant ? (
          <span className="inline-flex items-center gap-1.5">
            <Swatch entity={variant} /> {variant} v{reply.model_version}
          </span>
        ) : null}
        {predictionId ? (
          <span className="inline-flex items-center gap-1">
            Prediction <ShortId value={predictionId} />
          </span>
        ) : null}
      </p>
      <CodeBlock label="Reply" code={JSON.stringify(reply, null, 2)} />
    </div>
  );
};

/** A form out of the signature that asks the endpoint. */
export const TryIt = ({ endpoint }: { endpoint: Endpoint }) => {
  const params = { project: useProject(), endpoint: endpoint.name };
  const may = useMay('endpoint:predict');
  const newest = useRead(listPredictions, { params: { ...params, endpoint: endpoint.id }, query: { limit: 1 } });
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [shownProblems, setShownProblems] = useState(false);
  const ask = useChange(predict, { quiet: true, refresh: [] });
  const { signature } = endpoint;
  if (!signature)
    return (
      <EmptyState title="No model is served yet" text="The form appears when the champion of the model is known." />
    );
  const { request, problems } = readInputs(signature, texts);
  const last = newest.data?.items[0];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShownProblems(true);
    if (request) ask.mutate({ params, body: request });
  };
  const address = new URL(client.address(predict, { params, body: { inputs: [] } }), location.origin).href;
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-3">
        <Card
          title="Inputs"
          aside={
            <Button small disabled={!last} onClick={() => last && setTexts(textsOf(signature, last.inputs))}>
              Fill from the newest prediction
            </Button>
          }
        >
          <form onSubmit={submit} noValidate className="flex flex-col gap-3">
            <div className="grid gap-3 sm:grid-cols-2">
              {signature.inputs.map((input) => (
                <InputField
                  key={input.name}
                  input={input}
                  text={texts[input.name] ?? ''}
                  error={shownProblems ? problems[input.name] : undefined}
                  onChange={(text) => setTexts({ ...texts, [input.name]: text })}
                />
              ))}
            </div>
            <div className="flex flex-wrap items-center justify-end gap-3">
              <span className="text-xs text-muted">It is captured and counted like every prediction.</span>
              <Button
                tone="primary"
                type="submit"
                busy={ask.isPending}
                disabled={!may}
                title={may ? undefined : 'Needs endpoint:predict'}
                icon={<Send aria-hidden size={14} />}
              >
                Predict
              </Button>
            </div>
          </form>
        </Card>
        {request ? (
          <Card title="The same as a command">
            <CodeBlock label="curl" code={curlLine(predict, address, { body: request })} />
          </Card>
        ) : null}
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <Card title="Answer">
          {ask.error ? (
            <ErrorState error={ask.error} />
          ) : ask.data ? (
            <Answer signature={signature} reply={ask.data} />
          ) : (
            <p className="text-muted">Nothing was asked yet.</p>
          )}
        </Card>
      </div>
    </div>
  );
};
