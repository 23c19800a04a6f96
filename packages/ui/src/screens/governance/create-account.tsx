import { createServiceAccount, createUser, listPrincipals } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

const kinds = [
  { value: 'user', label: 'User, signs in with a password' },
  { value: 'service', label: 'Service account, uses tokens only' },
];

export const CreateAccount = ({ onClose }: { onClose: () => void }) => {
  const [kind, setKind] = useState('user');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const options = { quiet: true, done: `Account ${name} created`, refresh: [listPrincipals], onDone: onClose };
  const user = useChange(createUser, options);
  const service = useChange(createServiceAccount, options);
  const error = kind === 'user' ? user.error : service.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kind === 'user') user.mutate({ body: { name, password } });
    else service.mutate({ body: { name } });
  };
  return (
    <Dialog open onClose={onClose} title="New account" description="It has no role yet: give it one under Roles.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select label="Kind" choices={kinds} value={kind} onChange={(event) => setKind(event.target.value)} />
        <TextField
          label="Name"
          required
          autoComplete="off"
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,119}"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {kind === 'user' ? (
          <TextField
            label="Password"
            type="password"
            required
            minLength={12}
            autoComplete="new-password"
            hint="At least 12 characters"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        ) : null}
        {error ? <ErrorState error={error} /> : null}
        <Button tone="primary" type="submit" busy={user.isPending || service.isPending} className="self-end">
          Create account
        </Button>
      </form>
    </Dialog>
  );
};
