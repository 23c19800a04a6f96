import { type Artifact, type Run, listArtifacts } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { fixedRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { ArtifactPreview } from './artifact-preview.tsx';

const idOf = (artifact: Artifact) => artifact.path;
const columns: readonly TableColumn<Artifact>[] = [
  { id: 'path', header: 'File', value: (artifact) => artifact.path, width: 260, grow: true },
  {
    id: 'sizeBytes',
    header: 'Size',
    numeric: true,
    width: 100,
    value: (artifact) => artifact.sizeBytes,
    cell: (artifact) => formatBytes(artifact.sizeBytes),
  },
  { id: 'mediaType', header: 'Type', value: (artifact) => artifact.mediaType, width: 200 },
  {
    id: 'digest',
    header: 'Digest',
    value: (artifact) => artifact.digest,
    cell: (artifact) => <ShortId value={artifact.digest} />,
    width: 140,
  },
  timeColumn('createdAt', 'Stored', (artifact) => artifact.createdAt, instantCell),
];

const RunArtifacts = ({ run }: { run: Run }) => {
  const project = useProject();
  const artifacts = useRead(listArtifacts, { params: { project, run: run.id } });
  return (
    <Loaded query={artifacts} height={240}>
      {(data) => (
        <DataTable
          name="artifacts"
          label="Files"
          prefix="file"
          rows={fixedRows(data.items)}
          idOf={idOf}
          columns={columns}
          peek={(artifact) => <ArtifactPreview runId={run.id} artifact={artifact} />}
          peekTitle={idOf}
          filterExample='path ~ ".onnx" or sizeBytes > 1000000'
          empty={{
            title: 'No files yet',
            text: 'Models, plots, anything that belongs to the run:',
            command: `millwright artifacts put ${run.id} --project ${project} --path model.onnx --file model.onnx`,
          }}
        />
      )}
    </Loaded>
  );
};
export default RunArtifacts;
