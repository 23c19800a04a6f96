import { type Dataset, type Refusal, listRefusals } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/time.tsx';
import { ProblemTable } from './problems.tsx';

const idOf = (refusal: Refusal) => refusal.id;
const firstProblem = ({ problems: [first] }: Refusal) =>
  first
    ? [
        first.line === null ? [] : `line ${first.line}`,
        first.column ?? [],
        first.value === null ? [] : `“${first.value}”`,
        first.message,
      ]
        .flat()
        .join(', ')
    : '';
const columns: readonly TableColumn<Refusal>[] = [
  { id: 'reason', header: 'Reason', value: (refusal) => refusal.reason, width: 320, grow: true },
  { id: 'first', header: 'First problem', value: firstProblem, width: 320 },
  { id: 'problemCount', header: 'Problems', numeric: true, width: 100, value: (refusal) => refusal.problemCount },
  {
    id: 'sizeBytes',
    header: 'Size',
    numeric: true,
    width: 90,
    value: (refusal) => refusal.sizeBytes,
    cell: (refusal) => formatBytes(refusal.sizeBytes),
  },
  { id: 'by', header: 'By', value: (refusal) => refusal.by, width: 110 },
  timeColumn('at', 'When', (refusal) => refusal.at, instantCell),
];

/** Uploads that were refused: nothing of them was taken in. */
export const Quarantine = ({ dataset }: { dataset: Dataset }) => {
  const rows = useRows(listRefusals, { params: { project: useProject(), dataset: dataset.id } }, idOf);
  return (
    <DataTable
      name="refusals"
      label="Refused uploads"
      prefix="refusal"
      rows={rows}
      idOf={idOf}
      columns={columns}
      filterExample='problemCount > 10 and by = "ada"'
      peekTitle={(refusal) => refusal.reason}
      peek={(refusal) => (
        <div className="flex flex-col gap-3">
          <KeyValue
            pairs={[
              ['When', <RelativeTime key="at" at={refusal.at} />],
              ['By', refusal.by],
              ['Size', formatBytes(refusal.sizeBytes)],
              ['Problems', formatCount(refusal.problemCount)],
            ]}
          />
          <ProblemTable problems={refusal.problems} problemCount={refusal.problemCount} />
        </div>
      )}
      empty={{
        title: 'Nothing was refused',
        text: 'A file that is broken, or that breaks a check of severity error, is listed here with the row and column named.',
      }}
    />
  );
};
