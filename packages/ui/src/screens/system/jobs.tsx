import { type Job, listJobs, retryJob } from '@millwright/contract';
import { RotateCcw } from 'lucide-react';
import { useChange } from '../../api/queries.ts';
import { useRows } from '../../api/rows.ts';
import { useMay } from '../../app/session.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { SystemTabs } from './tabs.tsx';

const idOf = (job: Job) => job.id;
const columns: readonly TableColumn<Job>[] = [
  { id: 'kind', header: 'Kind', value: (job) => job.kind, width: 220, grow: true },
  {
    id: 'state',
    header: 'State',
    value: (job) => job.state,
    cell: (job) => <Status quiet state={job.state} />,
    width: 110,
  },
  { id: 'project', header: 'Project', value: (job) => job.project },
  {
    id: 'attempts',
    header: 'Attempts',
    value: (job) => job.attempts,
    cell: (job) => `${job.attempts} of ${job.maxAttempts}`,
    numeric: true,
    width: 100,
  },
  timeColumn('runAt', 'Due', (job) => job.runAt, instantCell),
  timeColumn('createdAt', 'Created', (job) => job.createdAt, instantCell),
  {
    id: 'durationMs',
    header: 'Took',
    numeric: true,
    width: 110,
    value: (job) => (job.startedAt === null ? null : (job.finishedAt ?? Date.now()) - job.startedAt),
    cell: (job) => <Duration from={job.startedAt} to={job.finishedAt} />,
  },
  { id: 'error', header: 'Error', value: (job) => job.error, width: 280 },
];

const JobPeek = ({ job }: { job: Job }) => {
  const retry = useChange(retryJob, { done: 'The job runs again', refresh: [listJobs] });
  const may = useMay('system:write');
  return (
    <div className="flex flex-col gap-3">
      <KeyValue
        pairs={[
          ['State', <Status key="state" state={job.state} />],
          ['Id', <ShortId key="id" value={job.id} />],
          ['Attempts', `${job.attempts} of ${job.maxAttempts}`],
          ['Project', job.project],
          ['Due', <RelativeTime key="due" at={job.runAt} />],
          ['Started', <RelativeTime key="started" at={job.startedAt} />],
          ['Finished', <RelativeTime key="finished" at={job.finishedAt} />],
        ]}
      />
      {job.error ? <CodeBlock label="Error" code={job.error} /> : null}
      <CodeBlock label="Payload" code={JSON.stringify(job.payload, null, 2)} />
      {job.state === 'dead' ? (
        <Button
          icon={<RotateCcw aria-hidden size={14} />}
          disabled={!may}
          title={may ? undefined : 'Needs system:write'}
          busy={retry.isPending}
          onClick={() => retry.mutate({ params: { job: job.id } })}
        >
          Run again
        </Button>
      ) : null}
    </div>
  );
};

const Jobs = () => {
  const rows = useRows(listJobs, {}, idOf);
  const retry = useChange(retryJob, { refresh: [listJobs] });
  const may = useMay('system:write');
  return (
    <>
      <PageHeader
        title="Jobs"
        text="Durable background work. A job that fails on every attempt is dead: it stays here until somebody runs it again."
      />
      <SystemTabs current="system/jobs" />
      <DataTable
        name="jobs"
        label="Jobs"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='state = "dead" and attempts > 1'
        peek={(job) => <JobPeek job={job} />}
        peekTitle={(job) => job.kind}
        empty={{
          title: 'No jobs yet',
          text: 'Uploads, training, windows and rollouts run as jobs.',
          command: 'millwright demo',
        }}
        bulk={(selected, clear) => {
          const dead = selected.filter((job) => job.state === 'dead');
          return (
            <Button
              small
              disabled={!may || dead.length === 0}
              busy={retry.isPending}
              title={dead.length === 0 ? 'None of these is dead' : undefined}
              onClick={async () => {
                for (const job of dead) await retry.mutateAsync({ params: { job: job.id } });
                clear();
              }}
            >
              Run {dead.length} dead again
            </Button>
          );
        }}
      />
    </>
  );
};
export default Jobs;
