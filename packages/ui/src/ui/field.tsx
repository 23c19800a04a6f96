import clsx from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

const control =
  'w-full min-h-8 rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink placeholder:text-faint disabled:opacity-60 aria-invalid:border-bad';

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  hideLabel?: boolean;
}
interface Wiring {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** A label, a control, a hint and an error, wired together for screen readers. */
export const Field = ({
  label,
  hint,
  error,
  hideLabel = false,
  children,
}: FieldProps & { children: (wiring: Wiring) => ReactNode }) => {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={clsx('text-xs font-medium text-muted', hideLabel && 'sr-only')}>
        {label}
      </label>
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {hint ? (
        <p id={`${id}-hint`} className="text-xs text-faint">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-xs text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
};

export const TextField = ({
  label,
  hint,
  error,
  hideLabel,
  className,
  ...rest
}: FieldProps & ComponentProps<'input'>) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
    {(wiring) => <input {...wiring} {...rest} className={clsx(control, className)} />}
  </Field>
);
export const TextArea = ({
  label,
  hint,
  error,
  hideLabel,
  className,
  ...rest
}: FieldProps & ComponentProps<'textarea'>) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
    {(wiring) => <textarea rows={4} {...wiring} {...rest} className={clsx(control, 'py-1.5', className)} />}
  </Field>
);

export interface Choice {
  value: string;
  label: string;
}
/** The select of the browser: it works with every keyboard, screen reader and phone. */
export const Select = ({
  label,
  hint,
  error,
  hideLabel,
  choices,
  className,
  ...rest
}: FieldProps & { choices: readonly Choice[] } & ComponentProps<'select'>) => (
  <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
    {(wiring) => (
      <select {...wiring} {...rest} className={clsx(control, className)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);
export const Checkbox = ({ label, className, ...rest }: { label: ReactNode } & ComponentProps<'input'>) => (
  <label className={clsx('flex min-h-6 cursor-pointer items-center gap-2 text-sm', className)}>
    <input type="checkbox" {...rest} className="size-4 shrink-0 accent-(--accent)" />
    {label}
  </label>
);
