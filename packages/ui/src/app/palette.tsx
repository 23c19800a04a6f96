import { Dialog } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useGo, useProject } from './location.ts';
import { type Target, useTargets } from './palette-targets.ts';
import { rankTargets } from './rank-targets.ts';

/** Goes to screens and objects by name: type, arrow keys, Enter. */
const Palette = ({ onClose }: { onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const id = useId();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const { targets, loading } = useTargets(project);
  const found = useMemo(() => rankTargets(targets, text).slice(0, 60), [targets, text]);
  const index = Math.min(chosen, Math.max(0, found.length - 1));
  const list = useRef<HTMLUListElement>(null);
  // Newer browsers answer a scroll with a promise, which is no clean-up of an effect.
  useEffect(() => {
    void list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const open = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    go(target.path);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(Math.min(index + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(index - 1, 0));
    else if (event.key === 'Enter') open(found[index]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="popup fixed top-[12vh] left-1/2 z-50 w-[min(36rem,94vw)] -translate-x-1/2 overflow-hidden">
          <Dialog.Title className="sr-only">Go to a screen or object</Dialog.Title>
          <div className="flex items-center gap-2 border-b border-line px-3">
            <Search aria-hidden size={16} className="text-faint" />
            <input
              role="combobox"
              aria-expanded
              aria-controls={`${id}-list`}
              aria-activedescendant={found[index] ? `${id}-${index}` : undefined}
              aria-label="Name of a screen or object"
              autoFocus
              value={text}
              onKeyDown={onKey}
              placeholder="Name of a screen, data set, run, model, endpoint"
              onChange={(event) => {
                setText(event.target.value);
                setChosen(0);
              }}
              className="min-h-11 flex-1 bg-transparent text-base outline-none placeholder:text-faint"
            />
          </div>
          <ul
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label="Found"
            className="max-h-[50vh] overflow-y-auto p-1"
          >
            {found.map((target, at) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the focus stays in the input, which handles the keys
              <li
                key={target.path}
                id={`${id}-${at}`}
                role="option"
                aria-selected={at === index}
                onClick={() => open(target)}
                onMouseMove={() => setChosen(at)}
                className={clsx(
                  'flex min-h-8 cursor-pointer items-center gap-3 rounded px-2',
                  at === index && 'bg-accent-soft',
                )}
              >
                <span className="min-w-0 flex-1 truncate">{target.name}</span>
                <span className="text-xs text-muted">{target.kind}</span>
              </li>
            ))}
          </ul>
          {found.length === 0 ? (
            <p role="status" className="px-4 pb-4 text-center text-muted">
              {loading ? 'Looking…' : 'Nothing has that name'}
            </p>
          ) : null}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
export default Palette;
