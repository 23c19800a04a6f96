import { type Finding, getSystem } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue, PageHeader } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { worstOf } from '../../ui/status.ts';
import { RelativeTime } from '../../ui/time.tsx';
import { SystemTabs } from './tabs.tsx';

const words = { sqlite: 'SQLite, embedded', postgres: 'PostgreSQL', files: 'Files', s3: 'S3' };

const FindingRow = ({ finding }: { finding: Finding }) => (
  <li className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0">
    <span className="w-24 shrink-0">
      <Status state={finding.state} />
    </span>
    <div className="min-w-0 flex-1 basis-60">
      <span className="font-medium">{finding.check}</span>{' '}
      <span className="break-words text-muted">{finding.message}</span>
      {finding.advice ? <div className="mt-0.5">{finding.advice}</div> : null}
    </div>
  </li>
);

const Instance = () => {
  const system = useRead(getSystem);
  if (system.error) return <ErrorState error={system.error} onRetry={() => void system.refetch()} />;
  const facts = system.data;
  const worst = worstOf(facts?.findings.map((finding) => finding.state) ?? []);
  return (
    <>
      <PageHeader
        title="System"
        text="What this instance runs on and how it fares; the same as: millwright doctor"
        actions={worst ? <Status state={worst} /> : null}
      />
      <SystemTabs current="system" />
      {facts ? (
        <div className="grid gap-3 xl:grid-cols-2">
          <Card title="Findings" flush className="xl:col-span-2">
            <ul>
              {facts.findings.map((finding) => (
                <FindingRow key={finding.check} finding={finding} />
              ))}
            </ul>
          </Card>
          <Card title="Instance">
            <KeyValue
              pairs={[
                ['Version', facts.version],
                ['Node', facts.node],
                ['Database', words[facts.database]],
                ['Blobs', words[facts.blobs]],
                ['Started', <RelativeTime key="started" at={facts.startedAt} />],
                ['Memory', formatBytes(facts.residentBytes)],
              ]}
            />
          </Card>
          <Card title="Settings">
            <CodeBlock code={JSON.stringify(facts.settings, null, 2)} />
          </Card>
        </div>
      ) : (
        <Loading>
          <Skeleton className="mb-3 h-48 w-full" />
          <Skeleton className="h-56 w-full" />
        </Loading>
      )}
    </>
  );
};
export default Instance;
