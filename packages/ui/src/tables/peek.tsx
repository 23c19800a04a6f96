import { ArrowUpRight, X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { ScreenLink } from '../app/links.tsx';
import { buttonClass, IconButton } from '../ui/button.tsx';

export interface PeekProps {
  title: ReactNode;
  /** Where the whole object is. */
  path: string | null;
  onClose: () => void;
  children: ReactNode;
}

/** What a row is about, beside the table: the arrow keys move on to the next. */
export const Peek = ({ title, path, onClose, children }: PeekProps) => {
  useEffect(() => {
    // Escape in a dialog above closes that dialog only.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('[role=dialog]') === null)
        onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside
      aria-label="Details of the row"
      className="fixed inset-y-0 right-0 z-30 flex w-[min(27rem,100vw)] shrink-0 flex-col border-l border-line bg-surface max-xl:shadow-pop xl:static xl:z-auto xl:max-h-[calc(100vh-11rem)] xl:rounded-lg xl:border"
    >
      <header className="flex min-h-10 items-center gap-2 border-b border-line px-3 py-1">
        <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{title}</h2>
        {path ? (
          <ScreenLink to={path} className={buttonClass('plain', true)}>
            Open <ArrowUpRight aria-hidden size={12} />
          </ScreenLink>
        ) : null}
        <IconButton label="Close the details" icon={<X size={15} aria-hidden />} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-3">{children}</div>
    </aside>
  );
};
