import { type Dataset, type DatasetVersion, createDataset, uploadVersion } from '@millwright/contract';
import { useQueryClient } from '@tanstack/react-query';
import clsx from 'clsx';
import { FileUp } from 'lucide-react';
import { type DragEvent, type FormEvent, useRef, useState } from 'react';
import { client } from '../../api/client.ts';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { ErrorState } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { datasetNameOf, mediaTypeOf } from './file-kind.ts';
import { ProblemTable, refusalOf } from './problems.tsx';
import { uploadClient } from './upload-client.ts';

const DropZone = ({ file, onFile }: { file: File | null; onFile: (file: File) => void }) => {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped) onFile(dropped);
  };
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={clsx(
        'flex flex-col items-center gap-2 rounded-lg border border-dashed px-4 py-6 text-center',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong',
      )}
    >
      <FileUp aria-hidden size={22} className="text-faint" />
      {file ? (
        <p className="font-medium break-all">
          {file.name} <span className="font-normal text-muted">{formatBytes(file.size)}</span>
        </p>
      ) : (
        <p className="text-muted">Drop a CSV or Parquet file here</p>
      )}
      <input
        ref={input}
        type="file"
        accept=".csv,.parquet"
        aria-label="File"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) onFile(chosen);
        }}
      />
      <Button small onClick={() => input.current?.click()}>
        {file ? 'Choose another' : 'Choose a file'}
      </Button>
    </div>
  );
};

const Progress = ({ share }: { share: number }) => (
  <div>
    <div
      role="progressbar"
      aria-label="Upload"
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div className="h-full bg-accent transition-[width]" style={{ width: `${share * 100}%` }} />
    </div>
    <p className="mt-1 text-xs text-muted tabular-nums">
      {share < 1 ? `${formatPercent(share, 0)} sent` : 'Sent. Types, profile and checks are being worked out …'}
    </p>
  </div>
);

/** Sends a file as the next version; without a data set, creates one for it first. */
export const UploadDialog = ({ dataset, onClose }: { dataset?: Dataset; onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const queries = useQueryClient();
  const [made, setMade] = useState<Dataset | null>(dataset ?? null);
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [timeColumn, setTimeColumn] = useState('');
  const [targetColumn, setTargetColumn] = useState('');
  const [note, setNote] = useState('');
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController>(null);
  const mediaType = file ? mediaTypeOf(file.name) : null;
  const busy = share !== null;

  const take = (chosen: File) => {
    setFile(chosen);
    setError(null);
    if (name === '') setName(datasetNameOf(chosen.name));
  };
  const create = async () => {
    const body = { name, ...(timeColumn ? { timeColumn } : {}), ...(targetColumn ? { targetColumn } : {}) };
    const created = await client.call(createDataset, { params: { project }, body });
    setMade(created);
    return created;
  };
  const send = async (target: Dataset, content: File, contentType: string): Promise<DatasetVersion> =>
    uploadClient(setShare).call(
      uploadVersion,
      { params: { project, dataset: target.id }, query: note ? { note } : {} },
      { content, contentType, signal: (stop.current = new AbortController()).signal },
    );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    setShare(0);
    try {
      const target = made ?? (await create());
      if (file && mediaType) {
        const version = await send(target, file, mediaType);
        toast.done(`${target.name} v${version.number} is there`, `${version.rowCount} rows`);
      }
      go(pathOf(project, 'dataset', target.id) as string);
      onClose();
    } catch (problem) {
      if (!stop.current?.signal.aborted) setError(problem);
    } finally {
      setShare(null);
      void queries.invalidateQueries();
    }
  };
  const refusal = refusalOf(error);
  return (
    <Dialog
      open
      onClose={() => {
        stop.current?.abort();
        onClose();
      }}
      title={dataset ? `New version of ${dataset.name}` : 'New data set'}
      description="A file is taken in as a whole or not at all. The same content again makes no new version."
      wide={refusal !== null}
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <DropZone file={file} onFile={take} />
        {file && mediaType === null ? <p className="text-bad">Only .csv and .parquet files are taken in.</p> : null}
        {dataset ? null : (
          <>
            <TextField
              label="Name"
              required
              pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,119}"
              hint="Letters, digits, dot, underscore and hyphen"
              disabled={made !== null}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <div className="grid gap-3 sm:grid-cols-2">
              <TextField
                label="Time column"
                hint="Optional; orders the rows"
                maxLength={250}
                disabled={made !== null}
                value={timeColumn}
                onChange={(event) => setTimeColumn(event.target.value)}
              />
              <TextField
                label="Target column"
                hint="Optional; what is to be predicted"
                maxLength={250}
                disabled={made !== null}
                value={targetColumn}
                onChange={(event) => setTargetColumn(event.target.value)}
              />
            </div>
          </>
        )}
        <TextField label="Note" maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
        {busy ? <Progress share={share} /> : null}
        {error === null ? null : refusal ? (
          <div role="alert" className="flex flex-col gap-2 rounded-lg border border-bad/40 bg-bad-soft p-3">
            <p className="font-semibold">The file was refused; nothing of it was taken in.</p>
            <ProblemTable {...refusal} />
            <p className="text-xs">It is listed under Quarantine. Correct the file and send it again.</p>
          </div>
        ) : (
          <ErrorState error={error} />
        )}
        <Button
          tone="primary"
          type="submit"
          busy={busy}
          className="self-end"
          disabled={(dataset !== undefined && file === null) || (file !== null && mediaType === null)}
        >
          {dataset ? 'Upload' : file ? 'Create and upload' : 'Create empty'}
        </Button>
      </form>
    </Dialog>
  );
};
