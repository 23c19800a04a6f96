import {
  type Check,
  type Dataset,
  type DatasetVersion,
  listChecks,
  listVersions,
  updateCheck,
} from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { fixedRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import { formatPercent } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { checkKinds, checkWords } from './check-words.ts';
import { CreateCheck } from './create-check.tsx';
import { resultState } from './overview.tsx';

const versionsShown = 8;
const idOf = (check: Check) => check.id;
const resultOf = (version: DatasetVersion, check: Check) =>
  version.checkResults.find((result) => result.checkId === check.id);

const Result = ({ version, check }: { version: DatasetVersion; check: Check }) => {
  const result = resultOf(version, check);
  if (!result) return <span className="text-faint">–</span>;
  const broken = result.brokenFraction ? ` ${formatPercent(result.brokenFraction)}` : '';
  return (
    <span title={result.message}>
      <Status quiet state={resultState(result)} label={result.passed ? 'ok' : `broken${broken}`} />
    </span>
  );
};

const columnsFor = (versions: readonly DatasetVersion[]): TableColumn<Check>[] => [
  { id: 'column', header: 'Column', value: (check) => check.column ?? 'whole table', width: 170 },
  { id: 'rule', header: 'Must hold', value: checkWords, width: 260, grow: true },
  { id: 'kind', header: 'Kind', value: (check) => check.kind, width: 120, hidden: true },
  {
    id: 'severity',
    header: 'Severity',
    value: (check) => check.severity,
    width: 90,
  },
  {
    id: 'enabled',
    header: 'State',
    value: (check) => check.enabled,
    cell: (check) => (check.enabled ? 'Enabled' : <Status quiet state="disabled" />),
    width: 100,
  },
  { id: 'origin', header: 'Origin', value: (check) => check.origin, width: 90 },
  ...versions.map(
    (version): TableColumn<Check> => ({
      id: `v${version.number}`,
      header: `v${version.number}`,
      width: 110,
      value: (check) => resultOf(version, check)?.brokenFraction,
      cell: (check) => <Result version={version} check={check} />,
    }),
  ),
];

const Edit = ({ dataset, check }: { dataset: Dataset; check: Check }) => {
  const project = useProject();
  const may = useMay('data:write');
  const update = useChange(updateCheck, { done: 'The check was changed', refresh: [listChecks] });
  const change = (body: { enabled?: boolean; severity?: 'error' | 'warning' }) =>
    update.mutate({ params: { project, dataset: dataset.id, check: check.id }, body });
  return (
    <div className="flex flex-col gap-3">
      <KeyValue
        pairs={[
          ['Column', check.column],
          ['Kind', checkKinds.find((kind) => kind.value === check.kind)?.label],
          ['Must hold', checkWords(check)],
          ['Origin', check.origin === 'inferred' ? 'Inferred from the first version' : 'Added by hand'],
        ]}
      />
      <Checkbox
        label="Enabled"
        checked={check.enabled}
        disabled={!may || update.isPending}
        onChange={(event) => change({ enabled: event.target.checked })}
      />
      <Select
        label="Severity"
        hint="An error refuses the file; a warning takes it in and marks the version."
        choices={[
          { value: 'error', label: 'Error' },
          { value: 'warning', label: 'Warning' },
        ]}
        value={check.severity}
        disabled={!may || update.isPending}
        onChange={(event) => change({ severity: event.target.value as 'error' | 'warning' })}
      />
      <CodeBlock label="Parameters" code={JSON.stringify(check.parameters, null, 2)} />
    </div>
  );
};

/** Every check by version: what held when. Changes apply from the next version on. */
export const Checks = ({ dataset }: { dataset: Dataset }) => {
  const project = useProject();
  const may = useMay('data:write');
  const params = { project, dataset: dataset.id };
  const checks = useRead(listChecks, { params });
  const versions = useRead(listVersions, { params, query: { limit: versionsShown } });
  const update = useChange(updateCheck, { refresh: [listChecks] });
  const [creating, setCreating] = useState(false);
  const columns = useMemo(() => columnsFor(versions.data?.items ?? []), [versions.data]);
  return (
    <>
      <p className="mb-2 text-muted">
        A file that breaks a check of severity error is refused. The columns at the right are the newest{' '}
        {Math.min(versionsShown, dataset.latestVersion?.number ?? 0)} of {dataset.latestVersion?.number ?? 0} versions.
      </p>
      <Loaded query={checks} height={400}>
        {(data) => (
          <DataTable
            name="checks"
            label="Checks"
            prefix="check"
            rows={fixedRows(data.items)}
            idOf={idOf}
            columns={columns}
            filterExample='severity = "error" and enabled = true'
            peekTitle={(check) => `${check.column ?? 'Whole table'}: ${check.kind}`}
            peek={(check) => <Edit dataset={dataset} check={check} />}
            empty={{
              title: 'No checks yet',
              text: 'The first version brings its own: types, missing values, ranges and known values are inferred from it.',
            }}
            actions={
              <Button
                tone="primary"
                icon={<Plus aria-hidden size={14} />}
                disabled={!may}
                title={may ? undefined : 'Needs data:write'}
                onClick={() => setCreating(true)}
              >
                New check
              </Button>
            }
            bulk={(selected, clear) =>
              [true, false].map((enabled) => (
                <Button
                  key={String(enabled)}
                  small
                  disabled={!may || update.isPending || selected.every((check) => check.enabled === enabled)}
                  onClick={async () => {
                    for (const check of selected)
                      await update.mutateAsync({ params: { ...params, check: check.id }, body: { enabled } });
                    clear();
                  }}
                >
                  {enabled ? 'Enable' : 'Disable'}
                </Button>
              ))
            }
          />
        )}
      </Loaded>
      {creating ? <CreateCheck dataset={dataset} onClose={() => setCreating(false)} /> : null}
    </>
  );
};
