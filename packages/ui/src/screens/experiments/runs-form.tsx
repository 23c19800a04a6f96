import { ChartSpline, PinOff, Ruler } from 'lucide-react';
import { useState } from 'react';
import { useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { DescribeMetric } from './describe-metric.tsx';
import type { Meanings } from './metric-meaning.ts';
import type { RunKeys } from './run-values.ts';

const summaries = [
  { value: 'last', label: 'Last of a metric' },
  { value: 'min', label: 'Min of a metric' },
  { value: 'max', label: 'Max of a metric' },
  { value: 'best', label: 'Best of a metric' },
];
const views = [
  { value: 'active', label: 'Active' },
  { value: 'deleted', label: 'Trash' },
];
/** More choices than this nobody reads in a list. */
const groupsOffered = 200;

/** How the runs are shown, besides filter and columns; all of it in the address. */
export const RunsForm = ({ keys, meanings }: { keys: RunKeys; meanings: Meanings }) => {
  const [search, change] = useScreenSearch();
  const may = useMay('run:write');
  const [describing, setDescribing] = useState(false);
  const { charts, group, baseline } = search;
  const groups = [
    { value: '', label: 'Not grouped' },
    ...keys.parameters.map((key) => ({ value: `parameters.${key}`, label: `By ${key}` })),
    ...keys.tags.map((key) => ({ value: `tags.${key}`, label: `By tag ${key}` })),
  ].slice(0, groupsOffered);
  const select = (name: string, fallback: string) => ({
    hideLabel: true,
    value: search[name] ?? fallback,
    onChange: (event: { target: { value: string } }) =>
      change({ [name]: event.target.value === fallback ? null : event.target.value }),
  });
  return (
    <>
      <div className="w-24">
        <Select label="Which runs" choices={views} {...select('view', 'active')} />
      </div>
      <div className="w-40">
        <Select label="Which value of a metric" choices={summaries} {...select('summary', 'last')} />
      </div>
      <div className="w-36">
        <Select label="Group runs" choices={groups} {...select('group', '')} />
      </div>
      {baseline ? (
        <Button icon={<PinOff aria-hidden size={14} />} onClick={() => change({ baseline: null })}>
          No baseline
        </Button>
      ) : null}
      {keys.metrics.length > 0 ? (
        <Button
          icon={<Ruler aria-hidden size={14} />}
          disabled={!may}
          title={may ? 'Direction, unit and valid range of metrics' : 'Needs run:write'}
          onClick={() => setDescribing(true)}
        >
          Metrics
        </Button>
      ) : null}
      {describing ? (
        <DescribeMetric keys={keys.metrics} meanings={meanings} onClose={() => setDescribing(false)} />
      ) : null}
      {group ? null : (
        <Button
          icon={<ChartSpline aria-hidden size={14} />}
          aria-pressed={charts !== undefined}
          onClick={() => change({ charts: charts ? null : 'parallel' })}
        >
          Charts
        </Button>
      )}
    </>
  );
};
