import clsx from 'clsx';
import { ScreenLink } from './links.tsx';
import { useProject } from './location.ts';

/** The screens of one stage side by side, each with its own address. */
export const SubNav = ({
  label,
  places,
  current,
}: {
  label: string;
  places: readonly { path: string; label: string }[];
  current: string;
}) => {
  const project = useProject();
  return (
    <nav aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {places.map(({ path, label: word }) => (
        <ScreenLink
          key={path}
          to={`/p/${project}/${path}`}
          current={path === current}
          className={clsx(
            '-mb-px flex min-h-9 items-center border-b-2 px-2.5 whitespace-nowrap hover:text-ink',
            path === current ? 'border-accent font-medium text-ink' : 'border-transparent text-muted',
          )}
        >
          {word}
        </ScreenLink>
      ))}
    </nav>
  );
};
