import { Loading, Skeleton } from '../ui/states.tsx';

export const ScreenPending = () => (
  <Loading label="Loading the screen">
    <Skeleton className="mb-3 h-8 w-56" />
    <Skeleton className="mb-2 h-9 w-full" />
    <Skeleton className="h-[60vh] w-full" />
  </Loading>
);
