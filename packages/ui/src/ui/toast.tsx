import { CircleCheck, CircleX, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { adviceOn } from '../api/advice.ts';
import { IconButton } from './button.tsx';

interface Toast {
  id: number;
  good: boolean;
  title: string;
  text: string | undefined;
}
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const set = (next: readonly Toast[]) => {
  toasts = next;
  for (const listener of listeners) listener();
};
const close = (id: number) => set(toasts.filter((one) => one.id !== id));
const add = (good: boolean, title: string, text: string | undefined) => {
  const id = ++lastId;
  set([...toasts.slice(-3), { id, good, title, text }]);
  return id;
};
const doneShownMs = 6000;

export const toast = {
  done: (title: string, text?: string) => {
    const id = add(true, title, text);
    setTimeout(() => close(id), doneShownMs);
  },
  /** Errors stay until they are closed: nobody reads them in six seconds. */
  failed: (title: string, error: unknown) => void add(false, title, adviceOn(error).detail),
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const Toasts = () => {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="fixed right-4 bottom-4 z-[70] flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2">
      {/* Two live regions that are there from the start: screen readers miss those that come with their text. */}
      {[true, false].map((good) => (
        <div key={String(good)} role={good ? 'status' : 'alert'} className="flex flex-col gap-2">
          {shown
            .filter((one) => one.good === good)
            .map((one) => (
              <div key={one.id} className="popup flex items-start gap-2 p-3">
                {good ? (
                  <CircleCheck aria-hidden size={16} className="mt-0.5 shrink-0 text-good" />
                ) : (
                  <CircleX aria-hidden size={16} className="mt-0.5 shrink-0 text-bad" />
                )}
                <div className="min-w-0 flex-1">
                  <p className="font-medium">{one.title}</p>
                  {one.text ? <p className="break-words text-muted">{one.text}</p> : null}
                </div>
                <IconButton
                  label="Dismiss"
                  className="!size-6"
                  icon={<X size={14} aria-hidden />}
                  onClick={() => close(one.id)}
                />
              </div>
            ))}
        </div>
      ))}
    </div>
  );
};
