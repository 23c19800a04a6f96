import type { Run, RunEnergy } from '@millwright/contract';
import { useMemo } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { EmptyState } from '../../../ui/states.tsx';
import { Curves } from '../curves.tsx';
import { energyOf, formatEnergy } from './facts.ts';
import { packageCommand } from './recorded-by.ts';
import { systemMetricTitle, systemMetricsOf } from './system-metrics.ts';

const partNames: Record<string, string> = { cpu: 'Processor', memory: 'Memory', gpu: 'GPUs' };

/** How much, and how that is known: an estimate is never shown as a measurement. */
const Energy = ({ energy }: { energy: RunEnergy }) => (
  <Card title="Energy" className="mb-4" flush>
    <p className="px-3 py-2">
      <span className="text-xl font-semibold tabular-nums">{formatEnergy(energy.kilowattHours)}</span>{' '}
      <span className="text-muted">
        in {formatDuration(energy.seconds * 1000)}, by the machine or the container’s share of it
      </span>
    </p>
    <table className="w-full border-t border-line text-sm">
      <caption className="sr-only">Energy by part of the machine</caption>
      <thead className="text-left text-xs text-muted">
        <tr>
          <th scope="col" className="px-3 py-1 font-medium">
            Part
          </th>
          <th scope="col" className="px-3 py-1 text-right font-medium">
            Energy
          </th>
          <th scope="col" className="px-3 py-1 font-medium">
            How it is known
          </th>
        </tr>
      </thead>
      <tbody>
        {energy.parts.map((part) => (
          <tr key={part.part} className="border-t border-line">
            <th scope="row" className="px-3 py-1 text-left font-normal">
              {partNames[part.part] ?? part.part}
            </th>
            <td className="px-3 py-1 text-right whitespace-nowrap tabular-nums">{formatEnergy(part.kilowattHours)}</td>
            <td className="px-3 py-1 break-words">
              <Badge tone={part.method === 'measured' ? 'good' : 'warn'}>{part.method}</Badge> {part.source}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Card>
);

/** The load of the machine over the time of the run, with one crosshair for all charts. */
const System = ({ run }: { run: Run }) => {
  const energy = energyOf(run.tags);
  const { id, startedAt, endedAt, name } = run;
  const runs = useMemo(() => [{ id, startedAt, endedAt, name }], [id, startedAt, endedAt, name]);
  const keyList = systemMetricsOf(run.metrics).join('\n');
  const keys = useMemo(() => (keyList === '' ? [] : keyList.split('\n')), [keyList]);
  return (
    <>
      {energy ? <Energy energy={energy} /> : null}
      {keys.length === 0 ? (
        <EmptyState
          title={
            run.status === 'running' ? 'No reading of the machine yet' : 'The load of the machine was not recorded'
          }
          text="With our Python package beside MLflow’s client, or with MLflow’s own system metrics:"
          command={packageCommand}
        />
      ) : (
        <Curves runs={runs} keys={keys} axis="relative" titleOf={systemMetricTitle} />
      )}
    </>
  );
};
export default System;
