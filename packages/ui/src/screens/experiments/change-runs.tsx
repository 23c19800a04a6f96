import { type Input, type RunOutcomes, changeRuns } from '@millwright/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { client } from '../../api/client.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { commandLine } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';

export type RunsChange = Omit<Input<typeof changeRuns>['body'], 'runs'>;
type Outcome = RunOutcomes['outcomes'][number];

/** As many as one request takes. */
export const changedTogether = 1000;
const namedInCommand = 3;
const refusalsShown = 20;

export const runsInWords = (count: number): string => `${formatCount(count)} ${count === 1 ? 'run' : 'runs'}`;

interface Props {
  ids: readonly string[];
  title: string;
  /** What will happen, before it does. */
  plan: ReactNode;
  /** The word on the button. */
  action: string;
  danger?: boolean;
  /** null: something is still missing in the form. */
  change: RunsChange | null;
  /** Said when all went well. */
  done: (count: number) => string;
  children?: ReactNode;
  onClose: () => void;
  onDone: () => void;
}

const Refusals = ({ refused }: { refused: readonly Outcome[] }) => (
  <div role="alert" className="rounded-md border border-line bg-warn-soft px-3 py-2 text-warn">
    <p className="font-medium">
      {runsInWords(refused.length)} stayed as {refused.length === 1 ? 'it was' : 'they were'}:
    </p>
    <ul className="mt-1 list-disc pl-5 text-sm">
      {refused.slice(0, refusalsShown).map((outcome) => (
        <li key={outcome.run}>{outcome.detail}</li>
      ))}
    </ul>
    {refused.length > refusalsShown ? <p>and {formatCount(refused.length - refusalsShown)} more</p> : null}
  </div>
);

/** Changes many runs: says what it will do, how far it is, and which runs could not be changed. */
export const ChangeRuns = (props: Props) => {
  const { ids, change, onClose, onDone } = props;
  const project = useProject();
  const queries = useQueryClient();
  const [done, setDone] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState<readonly Outcome[] | null>(null);
  const close = () => {
    onClose();
    // Not before: the selection, and with it this dialog, is given up.
    if (refused) onDone();
  };
  const run = async (body: RunsChange) => {
    setError(null);
    const failed: Outcome[] = [];
    let changed = 0;
    try {
      for (let at = 0; at < ids.length; at += changedTogether) {
        setDone(at);
        const runs = ids.slice(at, at + changedTogether);
        const reply = await client.call(changeRuns, { params: { project }, body: { runs, ...body } });
        failed.push(...reply.outcomes.filter(({ code }) => code !== null));
        changed += reply.done;
      }
      if (changed > 0) toast.done(props.done(changed));
      if (failed.length > 0) setRefused(failed);
      else {
        onClose();
        onDone();
      }
    } catch (problem) {
      setError(problem);
    }
    setDone(null);
    await queries.invalidateQueries();
  };
  return (
    <Dialog
      open
      onClose={close}
      title={props.title}
      footer={
        refused ? (
          <Button tone="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              tone={props.danger ? 'danger' : 'primary'}
              busy={done !== null}
              disabled={change === null}
              onClick={() => change && void run(change)}
            >
              {done === null || ids.length <= changedTogether
                ? props.action
                : `${formatCount(done)} of ${formatCount(ids.length)}`}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        <div className="rounded-md border border-line bg-sunken px-3 py-2">{props.plan}</div>
        {refused ? <Refusals refused={refused} /> : props.children}
        {error ? <ErrorState error={error} /> : null}
        {change && !refused ? (
          <CodeBlock
            label="Command line"
            code={[
              commandLine(changeRuns, {
                params: { project },
                body: { runs: ids.slice(0, namedInCommand), ...change },
              }),
              ...(ids.length > namedInCommand ? [`# and ${formatCount(ids.length - namedInCommand)} more runs`] : []),
            ].join('\n')}
          />
        ) : null}
      </div>
    </Dialog>
  );
};
