import { listArtifacts } from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { queryFor } from '../api/queries.ts';
import { useProject } from '../app/location.ts';
import { Select } from '../ui/field.tsx';
import { RunPicker } from './run-picker.tsx';

const isImage = ({ path }: { path: string }): boolean => /\.(png|jpe?g|gif|webp)$/i.test(path);

/** A run and one of its images; null while none was picked. */
export const ImagePicker = ({
  run,
  path,
  onPick,
}: {
  run: string | null;
  path: string;
  onPick: (picked: { run: string; path: string }) => void;
}) => {
  const project = useProject();
  const query = queryFor(listArtifacts, { params: { project, run: run ?? '' } });
  const files = useQuery({ ...query, ...(run === null ? { queryFn: skipToken } : {}) });
  const images = (files.data?.items ?? []).filter(isImage).map((file) => file.path);
  const isKnown = path === '' || images.includes(path);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <RunPicker
        label="Run"
        value={run === null ? [] : [run]}
        limit={1}
        onChange={([picked = '']) => onPick({ run: picked, path: '' })}
      />
      <Select
        label="Image"
        value={path}
        choices={[
          ...(path === ''
            ? [
                {
                  value: '',
                  label: run !== null && files.isSuccess && images.length === 0 ? 'The run has no image' : 'Choose',
                },
              ]
            : []),
          ...(isKnown ? [] : [{ value: path, label: path }]),
          ...images.map((one) => ({ value: one, label: one })),
        ]}
        onChange={(event) => onPick({ run: run ?? '', path: event.target.value })}
      />
    </div>
  );
};
