import { type Me, MillwrightError, type Permission, getMe, roleAllows } from '@millwright/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { createContext, use, useEffect, useState } from 'react';
import { onSignedOut, useRead } from '../api/queries.ts';
import { ErrorState } from '../ui/states.tsx';
import { useProject } from './location.ts';
import { SignIn } from './sign-in.tsx';

const MeContext = createContext<Me | null>(null);
export const useMe = (): Me => {
  const me = use(MeContext);
  if (me === null) throw new Error('Nobody is signed in here');
  return me;
};

/** Whether a role granted to somebody allows something, on the instance or in one project. */
export const mayDo = (me: Me, permission: Permission, project: string): boolean =>
  me.principal.kind === 'local-owner' ||
  me.grants.some(
    (grant) =>
      grant.resource === null &&
      (grant.project === null || grant.project === project) &&
      roleAllows(grant.role, permission),
  );

/** Whether the reader may do something here: buttons that would be refused are shown disabled. */
export const useMay = (permission: Permission): boolean => mayDo(useMe(), permission, useProject());

/** Everything inside knows who is signed in; until somebody is, the sign-in screen stands here. */
export const Session = () => {
  const queries = useQueryClient();
  const me = useRead(getMe);
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  const refused = signedOut || (me.error instanceof MillwrightError && me.error.status === 401);
  if (refused) {
    return (
      <SignIn
        onDone={async () => {
          await queries.resetQueries();
          setSignedOut(false);
        }}
      />
    );
  }
  if (me.data) {
    return (
      <MeContext value={me.data}>
        <Outlet />
      </MeContext>
    );
  }
  if (me.error) {
    return (
      <main className="mx-auto max-w-xl p-6">
        <h1 className="sr-only">Millwright</h1>
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  return <div role="status" aria-label="Loading" className="min-h-screen bg-canvas" />;
};
