import {
  type PinnedPart,
  type Reproducibility,
  type Run,
  getReproducibility,
  reproduceRun,
} from '@millwright/contract';
import { CircleCheck, CircleDashed, CircleDot, Repeat } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useGo, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { runTitle } from './run-values.ts';

const looks = {
  pinned: { icon: CircleCheck, tone: 'text-good', colour: 'var(--good)', word: 'pinned' },
  partly: { icon: CircleDot, tone: 'text-warn', colour: 'var(--warn)', word: 'partly' },
  unknown: { icon: CircleDashed, tone: 'text-muted', colour: 'var(--line-strong)', word: 'unknown' },
} satisfies Record<PinnedPart['state'], unknown>;
const titles = { code: 'Code', data: 'Data', environment: 'Environment', seed: 'Seed' } satisfies Record<
  PinnedPart['part'],
  string
>;

/** The score as one bar: each part as wide as it weighs, filled as far as it is known. */
const ScoreBar = ({ parts }: { parts: readonly PinnedPart[] }) => (
  <div aria-hidden className="flex h-2.5 gap-0.5">
    {parts.map((part) => (
      <div key={part.part} className="overflow-hidden rounded-sm bg-sunken" style={{ flexGrow: part.weight }}>
        <div
          className="h-full"
          style={{ width: `${(part.points / part.weight) * 100}%`, background: looks[part.state].colour }}
        />
      </div>
    ))}
  </div>
);

const Part = ({ part }: { part: PinnedPart }) => {
  const { icon: Icon, tone, word } = looks[part.state];
  return (
    <li className="flex gap-2">
      <Icon aria-hidden size={15} className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="min-w-0">
        <p>
          <span className="font-medium">{titles[part.part]}</span> <span className={`text-xs ${tone}`}>{word}</span>{' '}
          <span className="text-xs text-muted tabular-nums">
            {part.points} of {part.weight}
          </span>
        </p>
        <p className="text-xs break-words text-muted">
          {part.reason}
          {part.advice ? ` ${part.advice}` : ''}
        </p>
      </div>
    </li>
  );
};

const Score = ({ run, found }: { run: Run; found: Reproducibility }) => {
  const project = useProject();
  const go = useGo();
  const may = useMay('pipeline:run');
  const [open, setOpen] = useState(false);
  const { method, reason } = found.rerun;
  return (
    <>
      <div className="mb-2 flex items-baseline gap-2">
        <span className="text-2xl font-semibold tabular-nums">{found.score}</span>
        <span className="text-muted">of 100 points are pinned</span>
      </div>
      <ScoreBar parts={found.parts} />
      <ul className="mt-3 flex flex-col gap-2">
        {found.parts.map((part) => (
          <Part key={part.part} part={part} />
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap items-center gap-3 border-t border-line pt-3">
        <Button
          tone="primary"
          icon={<Repeat aria-hidden size={13} />}
          disabled={!may || method === 'none' || run.deletedAt !== null}
          title={may ? undefined : 'Needs pipeline:run'}
          onClick={() => setOpen(true)}
        >
          Reproduce
        </Button>
        <p className="min-w-0 flex-1 basis-48 text-xs break-words text-muted">{reason}</p>
      </div>
      {open ? (
        <ActionDialog
          operation={reproduceRun}
          input={{ params: { project, run: run.id }, body: {} }}
          title={`Reproduce ${runTitle(run)}`}
          plan={`${reason} Then the metrics are compared.`}
          action="Reproduce"
          done="The run is being reproduced"
          onDone={(started) => go(`/p/${project}/pipelines/runs/${started.id}`)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};

/** How much of a run is pinned, what is missing, and the way to run it again. */
export const ReproducibilityCard = ({ run }: { run: Run }) => {
  const found = useRead(getReproducibility, { params: { project: useProject(), run: run.id } });
  return (
    <Card title="Can it be had again?">
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data ? (
        <Score run={run} found={found.data} />
      ) : (
        <Loading>
          <Skeleton className="h-48 w-full" />
        </Loading>
      )}
    </Card>
  );
};
