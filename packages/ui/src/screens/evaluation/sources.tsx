import { type Evaluation, getLineage, getRun, getVersion } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatCount } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/time.tsx';

/** What was evaluated on what, and what became of it. */
export const Sources = ({ evaluation }: { evaluation: Evaluation }) => {
  const project = useProject();
  const run = useRead(getRun, { params: { project, run: evaluation.runId } });
  const version = useRead(getVersion, { params: { project, version: evaluation.datasetVersionId } });
  const lineage = useRead(getLineage, {
    params: { project, type: 'run', id: evaluation.runId },
    query: { direction: 'down', depth: 2 },
  });
  const registered = lineage.data?.nodes.filter((node) => node.type === 'model-version') ?? [];
  return (
    <Card title="What was evaluated">
      <KeyValue
        pairs={[
          [
            'Run',
            <ObjectLink key="run" type="run" id={evaluation.runId}>
              {run.data?.name || `…${evaluation.runId.slice(-8)}`}
            </ObjectLink>,
          ],
          [
            'Data',
            <ObjectLink key="data" type="dataset-version" id={evaluation.datasetVersionId}>
              {version.data
                ? `${version.data.datasetName} v${version.data.number}`
                : `…${evaluation.datasetVersionId.slice(-8)}`}
            </ObjectLink>,
          ],
          [
            'Registered as',
            registered.length > 0 ? (
              <span key="registered" className="flex flex-wrap gap-x-3">
                {registered.map((node) => (
                  <ObjectLink key={node.id} type="model-version" id={node.id}>
                    {node.label}
                  </ObjectLink>
                ))}
              </span>
            ) : (
              'Not registered'
            ),
          ],
          ['Task', evaluation.task],
          [
            'Hold-out',
            `${formatCount(evaluation.rows)} rows, from row ${formatCount(evaluation.holdoutFrom)} on: never trained on`,
          ],
          ['Model', <ShortId key="digest" value={evaluation.modelDigest} length={12} />],
          ['Evaluated', <RelativeTime key="at" at={evaluation.createdAt} />],
        ]}
      />
    </Card>
  );
};
