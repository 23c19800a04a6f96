import clsx from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';

export const CopyButton = ({ text, label = 'Copy' }: { text: string; label?: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <IconButton
      label={copied ? 'Copied' : label}
      onClick={copy}
      icon={copied ? <Check size={14} aria-hidden className="text-good" /> : <Copy size={14} aria-hidden />}
    />
  );
};

export const CodeBlock = ({ code, label }: { code: string; label?: string }) => (
  <div className="min-w-0">
    {label ? <div className="mb-1 text-xs font-medium text-muted">{label}</div> : null}
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      {/* biome-ignore lint: a scrolling region must be reachable by keyboard */}
      <pre
        tabIndex={0}
        aria-label={label ?? 'Code'}
        role="region"
        // A command is read to its end; of a program the lines stay as they are.
        className={clsx(
          'min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs leading-5 text-ink',
          !code.includes('\n') && 'break-words whitespace-pre-wrap',
        )}
      >
        <code>{code}</code>
      </pre>
      <CopyButton text={code} />
    </div>
  </div>
);

/** An identifier or digest in short, with the whole on copy. */
export const ShortId = ({ value, length = 10 }: { value: string; length?: number }) => {
  const tail = value.includes(':') ? value.slice(value.indexOf(':') + 1) : value;
  return (
    <span className="inline-flex items-center font-mono text-xs text-muted">
      <span title={value}>{value.startsWith('sha256:') ? tail.slice(0, length) : `…${tail.slice(-length)}`}</span>
      <CopyButton text={value} label={`Copy ${value}`} />
    </span>
  );
};
