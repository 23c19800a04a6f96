import { signIn } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { ErrorState } from '../ui/states.tsx';
import { Mark } from './mark.tsx';

export const SignIn = ({ onDone }: { onDone: () => void }) => {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useChange(signIn, { quiet: true, onDone, refresh: [] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate({ body: { name, password } });
  };
  return (
    <main className="grid min-h-screen place-items-center bg-canvas p-4">
      <form
        onSubmit={submit}
        className="flex w-full max-w-sm flex-col gap-4 rounded-xl border border-line bg-surface p-6"
      >
        <div className="flex items-center gap-2.5">
          <Mark />
          <h1 className="text-lg font-semibold">Sign in to Millwright</h1>
        </div>
        <TextField
          label="Name"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {attempt.error ? <ErrorState error={attempt.error} /> : null}
        <Button tone="primary" type="submit" busy={attempt.isPending}>
          Sign in
        </Button>
        <p className="text-xs text-faint">No account? An administrator creates one with: millwright users create</p>
      </form>
    </main>
  );
};
