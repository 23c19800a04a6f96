import type { Artifact } from '@millwright/contract';
import { useState } from 'react';
import { Card } from '../../../ui/card.tsx';
import { CopyButton } from '../../../ui/code.tsx';
import { TextField } from '../../../ui/field.tsx';
import { formatCount } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { useArtifactText } from '../artifact-content.ts';

const List = ({ lines }: { lines: readonly string[] }) => {
  const [text, setText] = useState('');
  const found = lines.filter((line) => line.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      <TextField
        label="Find a package"
        hideLabel
        type="search"
        placeholder="Find a package"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div
        tabIndex={0}
        role="region"
        aria-label="Packages"
        className="mt-2 max-h-80 overflow-y-auto font-mono text-xs leading-5 break-all"
      >
        {found.map((line) => (
          <div key={line}>{line}</div>
        ))}
      </div>
    </>
  );
};

/** What was installed, as pip reads it. */
export const Packages = ({ runId, artifact }: { runId: string; artifact: Artifact }) => {
  const content = useArtifactText(runId, artifact);
  const lines = (content.data ?? '').split('\n').filter(Boolean);
  return (
    <Card
      title={content.data === undefined ? 'Packages' : `Packages (${formatCount(lines.length)})`}
      aside={content.data ? <CopyButton text={content.data} label="Copy as requirements" /> : null}
    >
      <Loaded query={content} height={240}>
        {() => <List lines={lines} />}
      </Loaded>
    </Card>
  );
};
