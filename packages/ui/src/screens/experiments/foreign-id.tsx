import { CopyButton } from '../../ui/code.tsx';

/** An id as MLflow's clients spell it, whole, to be copied into code that uses them. */
export const ForeignId = ({ value }: { value: string }) => (
  <span className="inline-flex max-w-full items-center font-mono text-xs text-muted">
    <span className="truncate" title={value}>
      {value}
    </span>
    <CopyButton text={value} label={`Copy MLflow's id ${value}`} />
  </span>
);
