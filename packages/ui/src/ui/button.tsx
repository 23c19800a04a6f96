import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

const tones = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent',
  plain: 'bg-surface text-ink hover:bg-hover border-line-strong/60',
  quiet: 'bg-transparent text-muted hover:bg-hover hover:text-ink border-transparent',
  danger: 'bg-surface text-bad hover:bg-bad-soft border-bad/60',
};
export const buttonClass = (tone: keyof typeof tones = 'plain', small = false) =>
  clsx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors',
    'aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent',
    'disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
    small ? 'min-h-6 px-2 text-xs' : 'min-h-8 px-3 text-sm',
    tones[tone],
  );

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: keyof typeof tones;
  small?: boolean;
  icon?: ReactNode;
  /** Work is under way: the button stays where it is and cannot be pressed again. */
  busy?: boolean;
}

export const Button = ({ tone, small, icon, busy, className, children, disabled, ...rest }: ButtonProps) => (
  <button
    type="button"
    {...rest}
    disabled={disabled || busy}
    aria-busy={busy || undefined}
    className={clsx(buttonClass(tone, small), className)}
  >
    {icon}
    {children}
  </button>
);

/** A button that shows an icon only; the label is for screen readers and the tooltip of the browser. */
export const IconButton = ({
  label,
  icon,
  className,
  ...rest
}: Omit<ButtonProps, 'children' | 'tone'> & { label: string }) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    {...rest}
    className={clsx(
      'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink disabled:opacity-50',
      className,
    )}
  >
    {icon}
  </button>
);
