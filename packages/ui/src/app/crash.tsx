import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorState } from '../ui/states.tsx';

/** What stands in place of a screen that threw; the rest of the console keeps working. */
export const Crash = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter();
  return (
    <div className="mx-auto max-w-2xl py-10">
      <h1 className="mb-3 text-xl font-semibold">This screen stopped</h1>
      <ErrorState
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
};
