import { type Artifact, type Run, runFiles } from '@millwright/contract';
import type { ReactNode } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Card, KeyValue } from '../../../ui/card.tsx';
import { CodeBlock, CopyButton } from '../../../ui/code.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { type CodeFacts, codeFacts, commandLine, commitAddress, seedsOf } from './facts.ts';
import { Diff, Untracked } from './diff.tsx';
import { Host } from './host.tsx';
import { Inputs } from './inputs.tsx';
import { Packages } from './packages.tsx';
import { packageCommand } from './recorded-by.ts';
import { useFiles } from './use-files.ts';

const Commit = ({ facts }: { facts: CodeFacts }) => {
  if (facts.commit === null) return null;
  const address = commitAddress(facts.repository, facts.commit);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <span className="inline-flex items-center font-mono text-xs" title={facts.commit}>
        {facts.commit.slice(0, 10)}
        <CopyButton text={facts.commit} label="Copy the commit" />
      </span>
      {address ? (
        <a href={address} target="_blank" rel="noreferrer noopener" className="text-accent underline">
          Open on {new URL(address).hostname}
        </a>
      ) : null}
      {facts.isDirty === null ? null : facts.isDirty ? (
        <Badge tone="warn">with changes</Badge>
      ) : (
        <Badge tone="good">unchanged</Badge>
      )}
    </span>
  );
};

const Code = ({ facts }: { facts: CodeFacts }) => (
  <Card title="Code">
    <KeyValue
      pairs={[
        ['Commit', facts.commit === null ? null : <Commit key="commit" facts={facts} />],
        ['Branch', facts.branch],
        ['Repository', facts.repository],
        ['Working folder', facts.workdir],
        ['Python', facts.python],
        ...(facts.platform === null ? [] : [['Millwright', facts.platform] as const]),
      ]}
    />
    {facts.command ? (
      <div className="mt-3">
        <CodeBlock label="Command" code={commandLine(facts.command)} />
      </div>
    ) : null}
  </Card>
);

const Seeds = ({ seeds }: { seeds: readonly (readonly [string, string])[] }) => (
  <Card title="Seeds">
    {seeds.length === 0 ? (
      <p className="text-muted">
        None is known. <code className="font-mono text-xs">millwright.seed(1)</code> sets and records them.
      </p>
    ) : (
      <KeyValue pairs={seeds} />
    )}
  </Card>
);

const Files = ({ run, children }: { run: Run; children: (byPath: (path: string) => Artifact | null) => ReactNode }) => (
  <Loaded query={useFiles(run)} height={320}>
    {(files) => children((path) => files.find((file) => file.path === path) ?? null)}
  </Loaded>
);

/** Where the run comes from: code, packages, machine, seeds, data. */
const Environment = ({ run }: { run: Run }) => {
  const facts = codeFacts(run.tags);
  const seeds = seedsOf(run.tags);
  return (
    <Files run={run}>
      {(byPath) => {
        const [diff, untracked, packages, host] = [
          byPath(runFiles.diff),
          byPath(runFiles.untracked),
          byPath(runFiles.packages),
          byPath(runFiles.host),
        ];
        const isUnknown =
          facts.commit === null &&
          facts.command === null &&
          facts.platform === null &&
          packages === null &&
          host === null;
        return (
          <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="flex min-w-0 flex-col gap-3">
              {isUnknown ? (
                <Card>
                  <EmptyState
                    title="This run does not say what it ran on"
                    text="With our Python package beside MLflow’s client, runs record their code, packages and machine by themselves:"
                    command={packageCommand}
                  />
                </Card>
              ) : (
                <Code facts={facts} />
              )}
              {diff ? <Diff runId={run.id} artifact={diff} isCut={facts.isDiffCut} /> : null}
              {untracked ? <Untracked runId={run.id} artifact={untracked} /> : null}
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <Inputs run={run} />
              <Seeds seeds={seeds} />
              {host ? <Host runId={run.id} artifact={host} /> : null}
              {packages ? <Packages runId={run.id} artifact={packages} /> : null}
            </div>
          </div>
        );
      }}
    </Files>
  );
};
export default Environment;
