import type { PipelineRun, StepRun } from '@millwright/contract';
import { useEffect, useRef } from 'react';
import { ObjectLink } from '../../app/links.tsx';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { CodeBlock, CopyButton } from '../../ui/code.tsx';
import { formatInstant } from '../../ui/format.ts';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { objectsIn } from './output.ts';

const clock = (at: number) => new Date(at).toLocaleTimeString('en-GB', { hour12: false });

/** The lines a step wrote; stays at the end while it writes more, unless somebody scrolled up. */
const Log = ({ step }: { step: StepRun }) => {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lineCount = step.log.length;
  useEffect(() => {
    const element = box.current;
    if (element && lineCount > 0 && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lineCount]);
  if (lineCount === 0) return <p className="text-muted">It has written nothing yet.</p>;
  return (
    <div className="flex items-start rounded-md border border-line bg-sunken">
      <div
        ref={box}
        tabIndex={0}
        role="log"
        aria-label={`Log of ${step.name}`}
        className="max-h-64 min-w-0 flex-1 overflow-auto px-3 py-2 font-mono text-xs leading-5"
        onScroll={({ currentTarget }) => {
          atEnd.current = currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < 8;
        }}
      >
        {step.log.map((entry, index) => (
          <div key={index} className="flex gap-3">
            <time
              className="shrink-0 text-muted"
              dateTime={new Date(entry.at).toISOString()}
              title={formatInstant(entry.at)}
            >
              {clock(entry.at)}
            </time>
            <span className="min-w-0 break-words whitespace-pre-wrap">{entry.line}</span>
          </div>
        ))}
      </div>
      <CopyButton text={step.log.map((entry) => `${clock(entry.at)} ${entry.line}`).join('\n')} label="Copy the log" />
    </div>
  );
};

/** One step of a run: how it fares, what it says, what it made, what it wrote. */
export const StepDetail = ({ run, step }: { run: PipelineRun; step: StepRun }) => {
  const objects = objectsIn(step.output);
  const input = run.spec.steps.find((one) => one.name === step.name)?.with;
  return (
    <Card title={`Step ${step.name}`} aside={<Status state={step.state} />}>
      <div className="flex flex-col gap-4">
        {step.message ? (
          <p role="status" className="rounded-md border border-line bg-sunken px-3 py-2">
            {step.message}
          </p>
        ) : null}
        <KeyValue
          columns={2}
          pairs={[
            [
              'Kind',
              <code key="kind" className="font-mono text-xs">
                {step.kind}
              </code>,
            ],
            ['Attempts', step.attempts],
            ['Started', <RelativeTime key="started" at={step.startedAt} />],
            ['Took', <Duration key="took" from={step.startedAt} to={step.endedAt} />],
            [
              'Made or used',
              objects.length > 0 ? (
                <span key="objects" className="flex flex-wrap gap-x-3">
                  {objects.map(({ type, id }) => (
                    <ObjectLink key={id} type={type} id={id}>
                      {type.replaceAll('-', ' ')} …{id.slice(-6)}
                    </ObjectLink>
                  ))}
                </span>
              ) : null,
            ],
          ]}
        />
        <div>
          <h3 className="mb-1 text-xs font-medium text-muted">Log</h3>
          <Log step={step} />
        </div>
        <div className="grid gap-3 lg:grid-cols-2">
          {input ? <CodeBlock label="Input" code={JSON.stringify(input, null, 2)} /> : null}
          {step.output ? <CodeBlock label="Output" code={JSON.stringify(step.output, null, 2)} /> : null}
        </div>
      </div>
    </Card>
  );
};
