import type { Model, ModelVersion } from '@millwright/contract';
import { useState } from 'react';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Select } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/states.tsx';

/** Where a version comes from and where it serves: the champion's, else the newest's, until another one is chosen. */
export const ModelLineage = ({ model, versions }: { model: Model; versions: readonly ModelVersion[] }) => {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = chosen ?? model.aliases['champion']?.versionId ?? versions[0]?.id;
  if (shown === undefined)
    return (
      <EmptyState title="No versions yet" text="A version comes from a run, and a run from data: that is shown here." />
    );
  const labelOf = ({ number, aliases }: ModelVersion) =>
    `v${number}${aliases.length > 0 ? `, ${aliases.join(', ')}` : ''}`;
  return (
    <>
      <div className="mb-2 w-56">
        <Select
          label="Of version"
          choices={versions.map((version) => ({ value: version.id, label: labelOf(version) }))}
          value={shown}
          onChange={(event) => setChosen(event.target.value)}
        />
      </div>
      <LineageGraph key={shown} type="model-version" id={shown} />
    </>
  );
};
