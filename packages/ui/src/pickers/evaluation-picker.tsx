import { type Evaluation, listEvaluations } from '@millwright/contract';
import { useRead } from '../api/queries.ts';
import { useProject } from '../app/location.ts';
import { Select } from '../ui/field.tsx';
import { formatInstant } from '../ui/format.ts';

const labelOf = ({ createdAt, task, gate }: Evaluation): string =>
  `${formatInstant(createdAt)}, ${task}, gate ${gate.verdict}`;

/** One of the newest evaluations, or the one that was picked before. */
export const EvaluationPicker = ({ id, onPick }: { id: string | null; onPick: (id: string) => void }) => {
  const project = useProject();
  const evaluations = useRead(listEvaluations, { params: { project }, query: { limit: 200 } });
  const known = (evaluations.data?.items ?? []).map((one) => ({ value: one.id, label: labelOf(one) }));
  const isKnown = id === null || known.some(({ value }) => value === id);
  return (
    <Select
      label="Evaluation"
      value={id ?? ''}
      choices={[
        ...(id === null ? [{ value: '', label: 'Choose' }] : []),
        ...(isKnown ? [] : [{ value: id, label: id }]),
        ...known,
      ]}
      onChange={(event) => event.target.value !== '' && onPick(event.target.value)}
    />
  );
};
