import { type Run, getMetricHistory, listEvaluations } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Sparkline } from '../../charts/draw/sparkline.tsx';
import { metricPoints } from '../../charts/prepare/metric-points.ts';
import { Badge, Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { CopyButton, ShortId } from '../../ui/code.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Duration, RelativeTime } from '../../ui/time.tsx';

const sparklinesAtMost = 24;

const MetricLine = ({ run, metric }: { run: Run; metric: string }) => {
  const history = useRead(getMetricHistory, {
    params: { project: useProject(), run: run.id },
    query: { key: metric, points: 100 },
  });
  const values = metricPoints(history.data?.points ?? [], 'step', run.startedAt).map((point) => point.y);
  return values.length > 1 ? (
    <Sparkline values={values} label={`${metric} over ${values.length} points`} />
  ) : (
    <span aria-hidden className="inline-block h-6 w-24" />
  );
};

const Metrics = ({ run }: { run: Run }) => {
  const entries = Object.entries(run.metrics);
  if (entries.length === 0) return <p className="p-3 text-muted">No metric was logged.</p>;
  return (
    <div tabIndex={0} role="region" aria-label="Metrics" className="overflow-x-auto">
      <table className="w-full text-sm tabular-nums">
        <thead className="bg-sunken text-left text-xs text-muted">
          <tr>
            {['Metric', 'Curve', 'Last', 'Least', 'Greatest', 'Points'].map((head, index) => (
              <th key={head} scope="col" className={`px-3 py-1.5 font-medium ${index > 1 ? 'text-right' : ''}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map(([key, metric], index) => (
            <tr key={key} className="border-t border-line">
              <th scope="row" className="px-3 py-1 text-left font-medium">
                {key}
              </th>
              <td className="px-3 py-0.5">
                {index < sparklinesAtMost && metric.points > 1 ? <MetricLine run={run} metric={key} /> : null}
              </td>
              <td className="px-3 py-1 text-right font-medium">{formatNumber(metric.last)}</td>
              <td className="px-3 py-1 text-right text-muted">{formatNumber(metric.min)}</td>
              <td className="px-3 py-1 text-right text-muted">{formatNumber(metric.max)}</td>
              <td className="px-3 py-1 text-right text-muted">{formatCount(metric.points)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Evaluations = ({ run }: { run: Run }) => {
  const evaluations = useRead(listEvaluations, { params: { project: useProject() }, query: { runId: run.id } });
  if (!evaluations.data || evaluations.data.items.length === 0) return null;
  return (
    <Card title="Gate reports" flush>
      <ul>
        {evaluations.data.items.map((evaluation) => (
          <li
            key={evaluation.id}
            className="flex flex-wrap items-center gap-3 border-b border-line px-3 py-1.5 last:border-0"
          >
            <Status state={evaluation.gate.verdict} />
            <ObjectLink type="evaluation" id={evaluation.id}>
              Evaluation on {formatCount(evaluation.rows)} rows
            </ObjectLink>
            <span className="text-xs text-faint">
              <RelativeTime at={evaluation.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};

export const RunOverview = ({ run }: { run: Run }) => {
  const parameters = Object.entries(run.parameters);
  const tags = Object.entries(run.tags);
  return (
    <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-3">
        {run.note ? (
          <Card title="Note">
            <p className="max-w-3xl whitespace-pre-wrap">{run.note}</p>
          </Card>
        ) : null}
        <Card title="Metrics" flush>
          <Metrics run={run} />
        </Card>
        <Evaluations run={run} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <Card title="This run">
          <KeyValue
            pairs={[
              ['Id', <ShortId key="id" value={run.id} />],
              [
                'Experiment',
                <ObjectLink key="experiment" type="experiment" id={run.experimentId}>
                  {run.experimentName}
                </ObjectLink>,
              ],
              ['Started', <RelativeTime key="started" at={run.startedAt} />],
              ['Took', <Duration key="took" from={run.startedAt} to={run.endedAt} />],
              [
                'Part of',
                run.parentRunId ? (
                  <ObjectLink key="parent" type="run" id={run.parentRunId}>
                    …{run.parentRunId.slice(-8)}
                  </ObjectLink>
                ) : null,
              ],
              [
                'Tags',
                tags.length > 0 ? (
                  <span key="tags" className="flex flex-wrap gap-1">
                    {tags.map(([key, value]) => (
                      <Badge key={key} className="!whitespace-normal">
                        {key}: {value}
                      </Badge>
                    ))}
                  </span>
                ) : null,
              ],
            ]}
          />
        </Card>
        <Card
          title={`Parameters (${parameters.length})`}
          aside={<CopyButton text={JSON.stringify(run.parameters, null, 2)} label="Copy the parameters as JSON" />}
        >
          {parameters.length > 0 ? (
            <KeyValue
              pairs={parameters.map(([key, value]) => [
                key,
                <code key={key} className="font-mono text-xs">
                  {value}
                </code>,
              ])}
            />
          ) : (
            <p className="text-muted">None were set.</p>
          )}
        </Card>
      </div>
    </div>
  );
};
