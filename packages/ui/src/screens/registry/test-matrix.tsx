import { type ContractRun, type Model, getContractTests, listContractRuns } from '@millwright/contract';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Badge, Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { EditTests } from './edit-tests.tsx';

const shownVersions = 12;

const Cell = ({ run, name }: { run: ContractRun; name: string }) => {
  const result = run.results.find((one) => one.name === name);
  if (!result) return run.state === 'queued' ? <Status state="queued" quiet /> : <span className="text-faint">–</span>;
  return (
    <span title={result.message}>
      <Status state={result.outcome} quiet />
      <span className="sr-only">: {result.message}</span>
    </span>
  );
};

/** Tests of a model over its newest versions: one row per test, one column per version. */
export const TestMatrix = ({ model }: { model: Model }) => {
  const project = useProject();
  const may = useMay('model:approve');
  const params = { project, model: model.id };
  const suite = useRead(getContractTests, { params });
  const runs = useRead(listContractRuns, { params, query: { latest: true, limit: 100 } });
  const [editing, setEditing] = useState(false);
  const error = suite.error ?? runs.error;
  if (error) return <ErrorState error={error} onRetry={() => void Promise.all([suite.refetch(), runs.refetch()])} />;
  if (!suite.data || !runs.data)
    return (
      <Loading label="Loading the tests">
        <Skeleton className="h-64 w-full" />
      </Loading>
    );
  const newest = runs.data.items.toSorted((a, b) => b.number - a.number).slice(0, shownVersions);
  const names = [
    ...new Set([
      ...suite.data.tests.map(({ name }) => name),
      ...newest.flatMap(({ results }) => results.map(({ name }) => name)),
    ]),
  ];
  const edit = (
    <Button
      small
      disabled={!may}
      title={may ? undefined : 'Needs model:approve'}
      icon={<Pencil aria-hidden size={13} />}
      onClick={() => setEditing(true)}
    >
      Edit
    </Button>
  );
  return (
    <>
      {names.length === 0 ? (
        <EmptyState
          title="No tests yet"
          text="Say once what every version must hold: its columns, its size, golden examples, how fast it answers."
          command={`millwright models set-tests ${model.name} --based-on 0 --tests JSON --project ${project}`}
          action={edit}
        />
      ) : (
        <Card title={`Revision ${suite.data.revision}`} aside={edit} flush>
          <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Tests over versions">
            <table className="w-full">
              <thead className="text-left text-xs text-muted">
                <tr>
                  <th scope="col" className="px-3 py-1.5 font-medium">
                    Test
                  </th>
                  {newest.map((run) => (
                    <th key={run.id} scope="col" className="px-3 py-1.5 font-medium whitespace-nowrap">
                      <ObjectLink type="model-version" id={run.modelVersionId}>
                        v{run.number}
                      </ObjectLink>{' '}
                      <Status state={run.state} quiet />
                      {run.revision === suite.data.revision ? null : (
                        <span className="ml-1">revision {run.revision}</span>
                      )}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {names.map((name) => {
                  const test = suite.data.tests.find((one) => one.name === name);
                  return (
                    <tr key={name} className="border-t border-line">
                      <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                        {name} <Badge>{test ? test.kind : 'no longer'}</Badge>{' '}
                        {test?.weight && test.weight !== 'required' ? (
                          <Badge>{test.weight.replaceAll('-', ' ')}</Badge>
                        ) : null}
                      </th>
                      {newest.map((run) => (
                        <td key={run.id} className="px-3 py-1.5">
                          <Cell run={run} name={name} />
                        </td>
                      ))}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </Card>
      )}
      {editing ? <EditTests suite={suite.data} onClose={() => setEditing(false)} /> : null}
    </>
  );
};
