import { type DatasetVersion, downloadVersion } from '@millwright/contract';
import { Download } from 'lucide-react';
import { client } from '../../api/client.ts';
import { useProject } from '../../app/location.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/time.tsx';

const origins = { upload: 'Upload of a file', snapshot: 'Snapshot of captured predictions with their labels' };

export const VersionFacts = ({ version }: { version: DatasetVersion }) => (
  <KeyValue
    columns={3}
    pairs={[
      ['Rows', formatCount(version.rowCount)],
      ['Columns', version.columns.length],
      ['Size', formatBytes(version.sizeBytes)],
      ['Digest', <ShortId key="digest" value={version.digest} length={12} />],
      ['Made by', version.createdBy],
      ['Created', <RelativeTime key="created" at={version.createdAt} />],
      ['Origin', origins[version.origin]],
      ['Note', version.note || null],
    ]}
  />
);

export const DownloadLink = ({ version }: { version: DatasetVersion }) => (
  <a
    className={buttonClass('plain')}
    href={client.address(downloadVersion, { params: { project: useProject(), version: version.id } })}
    download
  >
    <Download aria-hidden size={14} /> Parquet
  </a>
);
