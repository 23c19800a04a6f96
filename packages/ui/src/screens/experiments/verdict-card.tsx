import type { Run } from '@millwright/contract';
import { useMemo } from 'react';
import { useScreenSearch } from '../../app/location.ts';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import type { CurveGroup } from './curves.tsx';
import { useMeanings } from './metric-meaning.ts';
import { metricKeys } from './run-values.ts';
import { Verdicts } from './verdicts.tsx';

/** Whether one group of runs is better than another, over the seeds they were run with. */
export const VerdictCard = ({
  groups,
  runs,
  by,
}: {
  groups: readonly CurveGroup[];
  runs: readonly Run[];
  by: string;
}) => {
  const [search, change] = useScreenSearch();
  const meanings = useMeanings();
  const metrics = useMemo(() => metricKeys(runs), [runs]);
  const metric = metrics.find((key) => key === search['judged']) ?? metrics[0];
  const reference = groups.find((group) => group.value === search['reference'])?.value ?? groups[0]?.value;
  const higherIsBetter = search['better']
    ? search['better'] === 'higher'
    : meanings.directionOf(metric ?? '') !== 'minimize';
  if (metric === undefined || reference === undefined) return null;
  const name = by.slice(by.indexOf('.') + 1);
  return (
    <Card title="Is one better than another?">
      <div className="mb-3 flex flex-wrap gap-2">
        <Select
          label="By the last value of"
          choices={metrics.slice(0, 500).map((key) => ({ value: key, label: key }))}
          value={metric}
          onChange={(event) => change({ judged: event.target.value, better: null })}
        />
        <Select
          label="Better is"
          choices={[
            { value: 'higher', label: 'Higher' },
            { value: 'lower', label: 'Lower' },
          ]}
          value={higherIsBetter ? 'higher' : 'lower'}
          onChange={(event) => change({ better: event.target.value })}
        />
        <Select
          label={`Than ${name}`}
          choices={groups.map((group) => ({ value: group.value, label: group.value }))}
          value={reference}
          onChange={(event) => change({ reference: event.target.value })}
        />
      </div>
      <Verdicts groups={groups} by={by} metric={metric} reference={reference} higherIsBetter={higherIsBetter} />
    </Card>
  );
};
