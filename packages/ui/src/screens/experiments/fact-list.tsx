import { type ReactNode, useState } from 'react';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/code.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';

const searchedFrom = 12;
const shownAtMost = 100;

/** Keys and values of which there may be thousands: searched, and shown so far as anybody reads. */
export const FactList = ({
  title,
  values,
  children,
}: {
  title: string;
  values: Readonly<Record<string, string>>;
  children?: ReactNode;
}) => {
  const [text, setText] = useState('');
  const all = Object.entries(values);
  const found = all.filter((entry) => entry.join(' ').toLowerCase().includes(text.toLowerCase()));
  return (
    <Card
      title={`${title} (${formatCount(all.length)})`}
      aside={
        all.length > 0 ? (
          <CopyButton text={JSON.stringify(values, null, 2)} label={`Copy the ${title.toLowerCase()} as JSON`} />
        ) : null
      }
    >
      {all.length > searchedFrom ? (
        <div className="mb-2">
          <TextField
            label={`Find in ${title.toLowerCase()}`}
            hideLabel
            type="search"
            placeholder={`Find in ${title.toLowerCase()}`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      ) : null}
      {all.length === 0 ? <p className="text-muted">None were set.</p> : null}
      <dl className="flex flex-col gap-1.5">
        {found.slice(0, shownAtMost).map(([key, value]) => (
          <div key={key} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-3">
            <dt className="break-words text-muted">{key}</dt>
            <dd className="max-h-40 overflow-y-auto font-mono text-xs leading-5 break-words whitespace-pre-wrap">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {found.length > shownAtMost ? (
        <p className="mt-2 text-xs text-faint">
          {shownAtMost} of {formatCount(found.length)}. Search to see others.
        </p>
      ) : null}
      {children}
    </Card>
  );
};
