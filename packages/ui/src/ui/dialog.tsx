import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  /** `side`: a drawer at the right edge. */
  place?: 'middle' | 'side';
  wide?: boolean;
}

export const Dialog = ({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  place = 'middle',
  wide = false,
}: DialogProps) => (
  <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
    <Base.Portal>
      <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
      <Base.Popup
        className={clsx(
          'popup fixed z-50 flex flex-col transition data-[ending-style]:opacity-0 data-[starting-style]:opacity-0',
          place === 'side'
            ? 'inset-y-0 right-0 w-[min(30rem,100vw)] !rounded-none !border-y-0 !border-r-0 data-[starting-style]:translate-x-6'
            : clsx(
                'left-1/2 top-[12vh] max-h-[80vh] -translate-x-1/2',
                wide ? 'w-[min(56rem,94vw)]' : 'w-[min(34rem,94vw)]',
              ),
        )}
      >
        <header className="flex items-start gap-3 border-b border-line px-4 py-3">
          <div className="min-w-0 flex-1">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            {description ? <Base.Description className="mt-0.5 text-muted">{description}</Base.Description> : null}
          </div>
          <Base.Close render={<IconButton label="Close" icon={<X size={16} aria-hidden />} />} />
        </header>
        <div className="min-h-0 flex-1 overflow-auto px-4 py-3">{children}</div>
        {footer ? (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
        ) : null}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
);
