import { type Input, type Operation, apiPrefix } from '@millwright/contract';
import { type ReactNode, useState } from 'react';
import { client } from '../api/client.ts';
import { type ChangeOptions, useChange } from '../api/queries.ts';
import { commandLine, curlLine } from './commands.ts';
import { Button } from './button.tsx';
import { CodeBlock } from './code.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorState } from './states.tsx';

export interface ActionDialogProps<O extends Operation> extends ChangeOptions<O> {
  operation: O;
  input: Input<O>;
  title: string;
  /** What will happen, in numbers: "moves 100 % of the traffic from v12 to v13; rolling back is one click". */
  plan: ReactNode;
  /** The word on the button. */
  action: string;
  danger?: boolean;
  wide?: boolean;
  onClose: () => void;
  /** Fields that are part of the input, e.g. a reason. */
  children?: ReactNode;
  /** Not yet: e.g. the reason is missing. */
  incomplete?: boolean;
}

/** A consequential action: its plan first, the same as command line and curl, then the button. */
export const ActionDialog = <O extends Operation>({
  operation,
  input,
  title,
  plan,
  action,
  danger = false,
  wide = false,
  onClose,
  children,
  incomplete = false,
  ...options
}: ActionDialogProps<O>) => {
  const [shown, setShown] = useState(false);
  const change = useChange(operation, {
    ...options,
    quiet: true,
    onDone: (reply) => {
      options.onDone?.(reply);
      onClose();
    },
  });
  const address = new URL(client.address(operation as Operation, input as never), location.origin).href;
  const command = commandLine(operation, input);
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone={danger ? 'danger' : 'primary'}
            busy={change.isPending}
            disabled={incomplete}
            onClick={() => change.mutate(input)}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="rounded-md border border-line bg-sunken px-3 py-2">{plan}</div>
        {children}
        {change.error ? <ErrorState error={change.error} /> : null}
        <button
          type="button"
          aria-expanded={shown}
          className="min-h-6 self-start text-xs text-accent hover:underline"
          onClick={() => setShown(!shown)}
        >
          {shown ? 'Hide' : 'Show'} the same as a command
        </button>
        {shown ? (
          <>
            {command ? <CodeBlock label="Command line" code={command} /> : null}
            <CodeBlock
              label="curl"
              code={curlLine(operation, address.startsWith('http') ? address : `${apiPrefix}${operation.path}`, input)}
            />
          </>
        ) : null}
      </div>
    </Dialog>
  );
};
