import { type ModelVersion, getModelVersion, listContractRuns, runContractTests } from '@millwright/contract';
import { Play } from 'lucide-react';
import { useChange, useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Badge, Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** How this version fared in the tests of its model, the newest run. */
export const TestsCard = ({ version }: { version: ModelVersion }) => {
  const project = useProject();
  const may = useMay('model:write');
  const runs = useRead(listContractRuns, {
    params: { project, model: version.modelId },
    query: { modelVersion: version.id, limit: 1 },
  });
  const start = useChange(runContractTests, {
    done: 'Queued',
    refresh: [listContractRuns, getModelVersion],
  });
  const run = runs.data?.items[0];
  return (
    <Card
      title="Tests of the model"
      aside={
        <>
          {run ? <Status state={run.state} /> : null}
          <Button
            small
            disabled={!may || version.deletedAt !== null}
            title={may ? undefined : 'Needs model:write'}
            busy={start.isPending}
            icon={<Play aria-hidden size={13} />}
            onClick={() => start.mutate({ params: { project, modelVersion: version.id } })}
          >
            Run
          </Button>
        </>
      }
    >
      {run === undefined ? (
        <p className="text-muted">The model has no tests, or this version was not put to them.</p>
      ) : (
        <>
          <p className="text-xs text-muted">
            Revision {run.revision}, <RelativeTime at={run.finishedAt ?? run.createdAt} />, by {run.startedBy}
            {run.digest ? (
              <>
                {' '}
                for <ShortId value={run.digest} />
                {run.digest === version.digest ? '' : ', which are not its files any more'}
              </>
            ) : null}
          </p>
          <ul className="mt-2 flex flex-col gap-1.5">
            {run.results.map((result) => (
              <li key={result.name} className="flex items-baseline gap-2">
                <Status state={result.outcome} quiet />
                <span className="min-w-0 break-words">
                  <span className="font-medium">{result.name}</span>{' '}
                  {result.weight === 'required' ? null : <Badge>{result.weight.replaceAll('-', ' ')}</Badge>}{' '}
                  <span className="text-muted">{result.message}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
};
