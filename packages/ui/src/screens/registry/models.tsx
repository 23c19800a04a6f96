import { type Model, listModels } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AliasChips } from './alias-chips.tsx';
import { EditModel } from './edit-model.tsx';
import { RegistryTabs } from './tabs.tsx';
import { TagList } from './tag-list.tsx';
import { approvalWords } from './words.ts';

const idOf = (model: Model) => model.id;
const columns: readonly TableColumn<Model>[] = [
  { id: 'name', header: 'Model', value: (model) => model.name, width: 200, grow: true },
  {
    id: 'aliases',
    header: 'Aliases',
    value: (model) => Object.keys(model.aliases).join(' '),
    cell: (model) => <AliasChips model={model} />,
    width: 280,
  },
  { id: 'versionCount', header: 'Versions', value: (model) => model.versionCount, numeric: true, width: 90 },
  { id: 'approval', header: 'Approval', value: (model) => model.approval, width: 110 },
  { id: 'owner', header: 'Owner', value: (model) => model.owner },
  timeColumn('updatedAt', 'Changed', (model) => model.updatedAt, instantCell),
  {
    id: 'tags',
    header: 'Tags',
    value: (model) =>
      Object.entries(model.tags)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', '),
    hidden: true,
  },
  { ...timeColumn<Model>('createdAt', 'Created', (model) => model.createdAt, instantCell), hidden: true },
];

const ModelPeek = ({ model }: { model: Model }) => (
  <KeyValue
    pairs={[
      ['Description', model.description || null],
      ['Aliases', <AliasChips key="aliases" model={model} />],
      ['Tags', <TagList key="tags" tags={model.tags} />],
      ['Versions', model.versionCount],
      ['Approval', approvalWords[model.approval]],
      ['Owner', model.owner],
      ['Changed', <RelativeTime key="changed" at={model.updatedAt} />],
    ]}
  />
);

const Models = () => {
  const project = useProject();
  const may = useMay('model:write');
  const [open, setOpen] = useState(false);
  const rows = useRows(listModels, { params: { project } }, idOf);
  return (
    <>
      <PageHeader
        title="Registry"
        text="Models and their numbered versions. A version is bound to the digest of its file; an alias says which one is meant."
        actions={
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={14} />}
            disabled={!may}
            title={may ? undefined : 'Needs model:write'}
            onClick={() => setOpen(true)}
          >
            New model
          </Button>
        }
      />
      <RegistryTabs current="registry" />
      <DataTable
        name="models"
        label="Models"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='approval = "manual"'
        pathOf={(model) => pathOf(project, 'model', model.id)}
        peek={(model) => <ModelPeek model={model} />}
        peekTitle={(model) => model.name}
        empty={{
          title: 'No models yet',
          text: 'Create one, then register the model of a training run as its first version.',
          command: `millwright models create --name card-fraud --project ${project}`,
        }}
      />
      {open ? <EditModel onClose={() => setOpen(false)} /> : null}
    </>
  );
};
export default Models;
