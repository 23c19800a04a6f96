import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

type Params = Record<string, string | undefined>;
/** The parameters in the address of this screen, `project` among them. */
export const useScreenParams = (): Params => useParams({ strict: false }) as Params;
export const useProject = (): string => useScreenParams()['project'] ?? '';
export const useParam = (name: string): string => {
  const value = useScreenParams()[name];
  if (value === undefined) throw new Error(`This screen's address has no ${name}`);
  return value;
};

/** The validated search parameters of this screen, and a way to change some of them (null removes one). */
export const useScreenSearch = (): [
  Readonly<Record<string, string>>,
  (patch: Record<string, string | null>) => void,
] => {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const change = useCallback(
    (patch: Record<string, string | null>) =>
      void navigate({
        to: '.',
        replace: true,
        resetScroll: false,
        search: ((previous: Record<string, string>) =>
          Object.fromEntries(
            Object.entries({ ...previous, ...patch }).filter(([, value]) => value !== null && value !== ''),
          )) as never,
      }),
    [navigate],
  );
  return [search, change];
};

/** Goes to a path that may carry a query. */
export const useGo = () => {
  const navigate = useNavigate();
  return useCallback(
    (to: string) => {
      const [path, query] = to.split('?', 2);
      void navigate({ to: path as string, search: Object.fromEntries(new URLSearchParams(query ?? '')) as never });
    },
    [navigate],
  );
};
