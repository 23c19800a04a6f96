import { type Evaluation, listEvaluations } from '@millwright/contract';
import { useMemo } from 'react';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { metricName, verdictWords } from './gate-words.ts';

const idOf = (evaluation: Evaluation) => evaluation.id;
const metricsShown = 4;
const linkColumn = (id: 'runId' | 'datasetVersionId', header: string, type: string): TableColumn<Evaluation> => ({
  id,
  header,
  width: 120,
  value: (one) => one[id],
  cell: (one) => (
    <ObjectLink type={type} id={one[id]}>
      <span className="font-mono text-xs">…{one[id].slice(-8)}</span>
    </ObjectLink>
  ),
});

const columnsFor = (evaluations: readonly Evaluation[]): TableColumn<Evaluation>[] => {
  const metrics = [...new Set(evaluations.flatMap((one) => Object.keys(one.metrics)))];
  return [
    {
      id: 'gate.verdict',
      header: 'Verdict',
      value: (one) => one.gate.verdict,
      cell: (one) => <Status quiet state={one.gate.verdict} />,
      width: 100,
    },
    { id: 'why', header: 'Why', value: (one) => verdictWords(one.gate), width: 340, grow: true },
    ...metrics.map(
      (metric, index): TableColumn<Evaluation> => ({
        id: `metrics.${metric}`,
        header: metricName(metric),
        numeric: true,
        width: 110,
        value: (one) => one.metrics[metric],
        hidden: index >= metricsShown,
      }),
    ),
    { id: 'rows', header: 'Rows', numeric: true, width: 90, value: (one) => one.rows, hint: 'Rows of the hold-out' },
    linkColumn('runId', 'Run', 'run'),
    linkColumn('datasetVersionId', 'Data', 'dataset-version'),
    { id: 'task', header: 'Task', value: (one) => one.task, width: 120, hidden: true },
    timeColumn('createdAt', 'When', (one) => one.createdAt, instantCell),
  ];
};

const Evaluations = () => {
  const project = useProject();
  const rows = useRows(listEvaluations, { params: { project } }, idOf);
  const columns = useMemo(() => columnsFor(rows.rows), [rows.rows]);
  return (
    <>
      <PageHeader
        title="Evaluation"
        text="Every model against rows it has not seen, against baselines, and against thresholds that were fixed before it was trained."
      />
      <DataTable
        name="evaluations"
        label="Evaluations"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='gate.verdict = "red" or metrics.accuracy < 0.8'
        pathOf={(evaluation) => pathOf(project, 'evaluation', evaluation.id)}
        empty={{
          title: 'No evaluations yet',
          text: 'A pipeline makes one after each training, before anything is registered.',
          command: `millwright pipelines start retrain --project ${project}`,
        }}
      />
    </>
  );
};
export default Evaluations;
