import type { Run } from '@millwright/contract';
import { useMemo } from 'react';
import { useScreenSearch } from '../../app/location.ts';
import { ParallelChart } from '../../charts/draw/parallel-chart.tsx';
import { ScatterChart } from '../../charts/draw/scatter-chart.tsx';
import { prepareParallel } from '../../charts/prepare/parallel.ts';
import { prepareScatter } from '../../charts/prepare/scatter.ts';
import { columnList } from '../../tables/columns.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import type { SummaryOf } from './metric-meaning.ts';
import { axesOf, firstAxes, runTitle, tellingAxes, valueAt } from './run-values.ts';

interface Props {
  runs: readonly Run[];
  summary: SummaryOf;
  selected: ReadonlySet<string>;
  onSelect: (ids: readonly string[]) => void;
  /** Which runs these are, when they are not all. */
  note: string | null;
}
type Axis = { id: string; label: string };
interface Axes {
  all: readonly Axis[];
  /** Those that are drawn before anybody chose. */
  telling: readonly Axis[];
}

const Parallel = ({ runs, summary, selected, onSelect, all, telling }: Props & Axes) => {
  const [search, change] = useScreenSearch();
  const chosen = useMemo(() => {
    const listed = (search['axes'] ?? '').split(',').filter(Boolean).map(decodeURIComponent);
    const wanted = listed.length > 0 ? listed : firstAxes(telling);
    return wanted.flatMap((id) => all.find((axis) => axis.id === id) ?? []);
  }, [search, all, telling]);
  const prepared = useMemo(
    () =>
      prepareParallel(
        runs.map((run) => ({
          id: run.id,
          label: runTitle(run),
          values: Object.fromEntries(chosen.map((axis) => [axis.id, valueAt(run, axis.id, summary)])),
        })),
        { axes: chosen },
      ),
    [runs, chosen, summary],
  );
  const toggle = (id: string, on: boolean) => {
    const ids = chosen.map((axis) => axis.id);
    change({ axes: columnList(on ? [...ids, id] : ids.filter((one) => one !== id)) });
  };
  return (
    <>
      <ParallelChart title="Parallel coordinates" prepared={prepared} selected={selected} onSelect={onSelect} />
      <details className="mt-1 text-sm">
        <summary className="min-h-6 text-xs text-muted">
          Axes: {chosen.length} of {all.length}. Drag along an axis to choose runs.
        </summary>
        <div className="mt-1 grid max-h-48 gap-x-4 overflow-y-auto sm:grid-cols-2 lg:grid-cols-4">
          {all.map((axis) => (
            <Checkbox
              key={axis.id}
              label={`${axis.label}${axis.id.startsWith('metrics.') ? ' (metric)' : ''}`}
              checked={chosen.includes(axis)}
              onChange={(event) => toggle(axis.id, event.target.checked)}
            />
          ))}
        </div>
      </details>
    </>
  );
};

const Scatter = ({ runs, summary, selected, onSelect, all, telling }: Props & Axes) => {
  const [search, change] = useScreenSearch();
  const pick = (key: string, fallback: Axis | undefined) => all.find((axis) => axis.id === search[key]) ?? fallback;
  const x = pick('x', telling[0]);
  const y = pick('y', telling.find((axis) => axis.id.startsWith('metrics.')) ?? telling[1]);
  const prepared = useMemo(
    () =>
      prepareScatter(
        runs.map((run) => ({
          id: run.id,
          label: runTitle(run),
          x: x ? valueAt(run, x.id, summary) : null,
          y: y ? valueAt(run, y.id, summary) : null,
        })),
        { xLabel: x?.label ?? '', yLabel: y?.label ?? '' },
      ),
    [runs, x, y, summary],
  );
  const choices = all.map((axis) => ({ value: axis.id, label: axis.label }));
  return (
    <>
      <div className="mb-2 flex flex-wrap gap-2">
        <Select label="Up" choices={choices} value={y?.id} onChange={(event) => change({ y: event.target.value })} />
        <Select
          label="Across"
          choices={choices}
          value={x?.id}
          onChange={(event) => change({ x: event.target.value })}
        />
      </div>
      <ScatterChart
        title={`${y?.label ?? ''} against ${x?.label ?? ''}`}
        prepared={prepared}
        selected={selected}
        onSelect={onSelect}
      />
    </>
  );
};

/** The runs of the table as lines or points. What is chosen here is chosen in the table, and the other way round. */
export const RunsCharts = (props: Props) => {
  const [search, change] = useScreenSearch();
  const all = useMemo(() => axesOf(props.runs), [props.runs]);
  const telling = useMemo(() => tellingAxes(props.runs), [props.runs]);
  const form = search['charts'];
  return (
    <Card
      title={`Charts of ${props.note ?? props.runs.length} runs${props.selected.size > 0 ? `, ${props.selected.size} chosen` : ''}`}
      aside={
        <div className="flex flex-wrap gap-1">
          {props.selected.size > 0 ? (
            <Button small tone="quiet" onClick={() => props.onSelect([])}>
              Choose none
            </Button>
          ) : null}
          {(['parallel', 'scatter'] as const).map((one) => (
            <Button key={one} small aria-pressed={form === one} onClick={() => change({ charts: one })}>
              {one === 'parallel' ? 'Parallel coordinates' : 'One against another'}
            </Button>
          ))}
        </div>
      }
    >
      {all.length < 2 ? (
        <p className="text-muted">With two things that differ between runs, or metrics, they are drawn here.</p>
      ) : form === 'scatter' ? (
        <Scatter {...props} all={all} telling={telling} />
      ) : (
        <Parallel {...props} all={all} telling={telling} />
      )}
    </Card>
  );
};
