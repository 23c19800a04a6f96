import { useScreenSearch } from '../../app/location.ts';
import type { BandKind } from '../../charts/prepare/bands.ts';
import type { MetricAxis } from '../../charts/prepare/metric-points.ts';
import { Checkbox, Select } from '../../ui/field.tsx';

export interface CurveFormState {
  axis: MetricAxis;
  /** 0 (none) to below 1. */
  smoothing: number;
  logarithmic: boolean;
  band: BandKind;
}

/** How curves are drawn; in the address, so that all of them and whoever gets the link see the same. */
export const useCurveForm = (): CurveFormState => {
  const [search] = useScreenSearch();
  return {
    axis: (search['axis'] ?? 'step') as MetricAxis,
    smoothing: Number(search['smoothing'] ?? 0) / 100,
    logarithmic: search['log'] === 'on',
    band: search['band'] === 'interval' ? 'interval' : 'range',
  };
};

const axes = [
  { value: 'step', label: 'By step' },
  { value: 'relative', label: 'By time since the start' },
  { value: 'time', label: 'By time' },
];
const bands = [
  { value: 'range', label: 'Band: least to greatest' },
  { value: 'interval', label: 'Band: 95 % of the mean' },
];

export const CurveForm = ({ grouped = false }: { grouped?: boolean }) => {
  const [search, change] = useScreenSearch();
  const smoothing = search['smoothing'] ?? '0';
  const select = (name: string, fallback: string) => ({
    hideLabel: true,
    value: search[name] ?? fallback,
    onChange: (event: { target: { value: string } }) =>
      change({ [name]: event.target.value === fallback ? null : event.target.value }),
  });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Select label="Across" choices={axes} {...select('axis', 'step')} />
      <label className="flex min-h-8 items-center gap-2 text-sm">
        Smoothing
        <input
          type="range"
          min={0}
          max={99}
          value={smoothing}
          onChange={(event) => change({ smoothing: event.target.value === '0' ? null : event.target.value })}
          className="w-32 accent-(--accent)"
        />
        <span className="w-9 tabular-nums">{(Number(smoothing) / 100).toFixed(2)}</span>
      </label>
      <Checkbox
        label="Logarithmic"
        checked={search['log'] === 'on'}
        onChange={(event) => change({ log: event.target.checked ? 'on' : null })}
      />
      {grouped ? <Select label="Band" choices={bands} {...select('band', 'range')} /> : null}
    </div>
  );
};
