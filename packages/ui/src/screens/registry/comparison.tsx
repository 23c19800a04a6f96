import type { ComparedFile, ComparedValue, Difference, VersionComparison } from '@millwright/contract';
import clsx from 'clsx';
import { ObjectLink } from '../../app/links.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { EmptyState } from '../../ui/states.tsx';

const sections = [
  ['version', 'Version'],
  ['inputs', 'Inputs'],
  ['outputs', 'Outputs'],
  ['data', 'Data'],
  ['parameters', 'Parameters of the run'],
  ['metrics', 'Metrics of the run'],
  ['evaluation', 'Evaluation'],
  ['environment', 'Environment'],
  ['tags', 'Tags'],
] as const;
const tones = { added: 'good', removed: 'bad', changed: 'accent' } as const;

const Mark = ({ difference }: { difference: Difference }) =>
  difference === 'same' ? null : <Badge tone={tones[difference]}>{difference}</Badge>;

const Shown = ({ value }: { value: ComparedValue['before'] }) => {
  if (value === null) return <span className="text-faint">–</span>;
  if (typeof value === 'number') return <>{formatNumber(value)}</>;
  if (/^run_[0-9A-Z]{26}$/.test(value))
    return (
      <ObjectLink type="run" id={value}>
        …{value.slice(-8)}
      </ObjectLink>
    );
  return value.startsWith('sha256:') ? <ShortId value={value} /> : <>{value}</>;
};
const changeOf = ({ before, after }: ComparedValue): string => {
  if (typeof before !== 'number' || typeof after !== 'number' || before === after) return '';
  return `${after > before ? '+' : '−'}${formatNumber(Math.abs(after - before))}`;
};

const Values = ({
  title,
  rows,
  names,
}: {
  title: string;
  rows: readonly ComparedValue[];
  names: readonly string[];
}) => {
  const hasNumbers = rows.some((row) => changeOf(row) !== '');
  return (
    <Card title={title} flush>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={title}>
        <table className="w-full">
          <thead className="text-left text-xs text-muted">
            <tr>
              {['What', ...names, ...(hasNumbers ? ['Change'] : [])].map((head, at) => (
                <th key={head + String(at)} scope="col" className="px-3 py-1.5 font-medium">
                  {at === 0 ? <span className="sr-only">{head}</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key} className="border-t border-line">
                <th scope="row" className="px-3 py-1 text-left font-normal text-muted">
                  {row.key} <Mark difference={row.difference} />
                </th>
                <td className="px-3 py-1 break-all tabular-nums">
                  <Shown value={row.before} />
                </td>
                <td className="px-3 py-1 break-all tabular-nums">
                  <Shown value={row.after} />
                </td>
                {hasNumbers ? <td className="px-3 py-1 tabular-nums">{changeOf(row)}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
};

const signs = { added: '+', removed: '−', same: ' ', gap: '⋯' } as const;
const Lines = ({ path, lines }: { path: string; lines: NonNullable<ComparedFile['lines']> }) => (
  <pre
    className="max-h-96 overflow-auto border-t border-line bg-sunken py-1 font-mono text-xs"
    tabIndex={0}
    role="region"
    aria-label={`Changes of ${path}`}
  >
    {lines.map(({ difference, text }, at) => (
      <div
        key={at}
        className={clsx(
          'px-3 whitespace-pre-wrap break-all',
          difference === 'added' && 'bg-good-soft text-good',
          difference === 'removed' && 'bg-bad-soft text-bad',
          difference === 'gap' && 'text-muted',
        )}
      >
        {signs[difference]} {text}
      </div>
    ))}
  </pre>
);

const Files = ({ files }: { files: readonly ComparedFile[] }) => (
  <Card title="Files" flush className="xl:col-span-2">
    <ul>
      {files.map(({ path, difference, before, after, lines }) => (
        <li key={path} className="border-b border-line last:border-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
            <code className="min-w-0 flex-1 basis-48 font-mono text-xs break-all">{path || 'the file itself'}</code>
            <Mark difference={difference} />
            <span className="text-xs text-muted tabular-nums">
              {before ? formatBytes(before.sizeBytes) : '–'} → {after ? formatBytes(after.sizeBytes) : '–'}
            </span>
          </div>
          {lines && lines.length > 0 ? <Lines path={path} lines={lines} /> : null}
        </li>
      ))}
    </ul>
  </Card>
);

/** Two versions section by section; sections without anything to show are left out. */
export const Comparison = ({ comparison, all }: { comparison: VersionComparison; all: boolean }) => {
  const { before, after } = comparison;
  const names =
    before.modelName === after.modelName
      ? [`v${before.number}`, `v${after.number}`]
      : [`${before.modelName} v${before.number}`, `${after.modelName} v${after.number}`];
  const kept = <T extends { difference: Difference }>(rows: readonly T[]) =>
    all ? rows : rows.filter(({ difference }) => difference !== 'same');
  const files = kept(comparison.files);
  const shown = sections.flatMap(([key, title]) => {
    const rows = kept(comparison[key]);
    return rows.length > 0 ? [{ title, rows }] : [];
  });
  if (shown.length === 0 && files.length === 0)
    return <EmptyState title="No difference" text="As far as is known here, these two are the same." />;
  return (
    <div className="grid items-start gap-3 xl:grid-cols-2">
      {shown.map(({ title, rows }) => (
        <Values key={title} title={title} rows={rows} names={names} />
      ))}
      {files.length > 0 ? <Files files={files} /> : null}
    </div>
  );
};
