import { Menu } from '@base-ui/react/menu';
import { signOut } from '@millwright/contract';
import { CircleUser, KeyRound, LogOut } from 'lucide-react';
import { useChange } from '../api/queries.ts';
import { menuItemClass } from '../ui/menu.ts';
import { useGo, useProject } from './location.ts';
import { useMe } from './session.tsx';

const means = {
  session: 'signed in',
  token: 'by token',
  password: 'by password',
  loopback: 'from this machine, without login',
};

const AccountMenu = () => {
  const me = useMe();
  const go = useGo();
  const project = useProject();
  const leave = useChange(signOut);
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label="Account"
        className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <CircleUser aria-hidden size={17} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-50">
          <Menu.Popup className="popup min-w-52 p-1">
            <div className="border-b border-line px-2 pt-1 pb-1.5">
              <div className="font-medium">{me.principal.name}</div>
              <div className="text-xs text-muted">{means[me.via]}</div>
            </div>
            <Menu.Item className={menuItemClass} onClick={() => go(`/p/${project}/governance/tokens`)}>
              <KeyRound aria-hidden size={14} /> API tokens
            </Menu.Item>
            {me.via === 'session' ? (
              <Menu.Item className={menuItemClass} onClick={() => leave.mutate({})}>
                <LogOut aria-hidden size={14} /> Sign out
              </Menu.Item>
            ) : null}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
};
export default AccountMenu;
