import type { PanelData } from '@millwright/contract';
import { ObjectLink } from '../../../app/links.tsx';
import { Badge, Status } from '../../../ui/badge.tsx';
import { KeyValue } from '../../../ui/card.tsx';
import { ShortId } from '../../../ui/code.tsx';
import { formatBytes, formatCount, formatInstant, formatNumber } from '../../../ui/format.ts';

type Data<K extends PanelData['kind']> = Extract<PanelData, { kind: K }>;
interface Props<K extends PanelData['kind']> {
  data: Data<K>;
  linked: boolean;
}

const Named = ({ type, id, name, linked }: { type: string; id: string; name: string; linked: boolean }) => (
  <p className="mb-2 text-base font-semibold">
    {linked ? (
      <ObjectLink type={type} id={id}>
        {name}
      </ObjectLink>
    ) : (
      name
    )}
  </p>
);

export const ModelVersionPanel = ({ data: { version }, linked }: Props<'model-version'>) => (
  <>
    <Named type="model-version" id={version.id} name={`${version.modelName} v${version.number}`} linked={linked} />
    <KeyValue
      columns={2}
      pairs={[
        ['Approval', <Status key="approval" quiet state={version.approval.state} />],
        ['Stage', version.stage],
        [
          'Aliases',
          version.aliases.length > 0 ? (
            <span key="aliases" className="flex flex-wrap gap-1">
              {version.aliases.map((alias) => (
                <Badge key={alias} tone="accent">
                  {alias}
                </Badge>
              ))}
            </span>
          ) : null,
        ],
        ['Format', version.format],
        ['Digest', version.digest ? <ShortId key="digest" value={version.digest} /> : null],
        ['Size', version.sizeBytes === null ? null : formatBytes(version.sizeBytes)],
        ['Registered', `${formatInstant(version.createdAt)} by ${version.createdBy}`],
        ['Note', version.note || null],
      ]}
    />
  </>
);

export const DatasetVersionPanel = ({ data: { version }, linked }: Props<'dataset-version'>) => (
  <>
    <Named
      type="dataset-version"
      id={version.id}
      name={`${version.datasetName} version ${version.number}`}
      linked={linked}
    />
    <KeyValue
      columns={2}
      pairs={[
        ['Rows', formatCount(version.rowCount)],
        ['Columns', formatCount(version.columns.length)],
        ['Size', formatBytes(version.sizeBytes)],
        ['Digest', <ShortId key="digest" value={version.digest} />],
        ['Came by', version.origin],
        ['Created', `${formatInstant(version.createdAt)} by ${version.createdBy}`],
      ]}
    />
    <p className="mt-3 text-muted">{version.columns.map((column) => column.name).join(', ')}</p>
  </>
);

export const GatePanel = ({ data: { evaluation }, linked }: Props<'gate'>) => (
  <>
    <div className="mb-2 flex flex-wrap items-center gap-2">
      <Status state={evaluation.gate.verdict} />
      <span className="text-muted">
        on {formatCount(evaluation.rows)} rows, {formatInstant(evaluation.createdAt)}
      </span>
      {linked ? (
        <ObjectLink type="evaluation" id={evaluation.id}>
          The whole report
        </ObjectLink>
      ) : null}
    </div>
    <ul aria-label="Conditions" className="flex flex-col gap-1">
      {evaluation.gate.results.map((result) => (
        <li key={result.message} className="flex items-start gap-2">
          <Status
            quiet
            state={result.skipped ? 'none' : result.passed ? 'green' : 'red'}
            label={result.skipped ? 'Skipped' : result.passed ? 'Met' : 'Missed'}
          />
          <span>{result.message}</span>
        </li>
      ))}
    </ul>
    <p className="mt-3 text-muted">
      {Object.entries(evaluation.metrics)
        .map(([name, value]) => `${name} ${formatNumber(value)}`)
        .join(' · ')}
    </p>
  </>
);

/** The server said by its bytes what kind of image it is; the address holds the image itself and fetches nothing. */
export const ImagePanel = ({ data, caption }: { data: Data<'image'>; caption: string }) => (
  <img
    src={`data:${data.mediaType};base64,${data.base64}`}
    alt={caption}
    className="max-w-full rounded-md border border-line bg-white"
  />
);
