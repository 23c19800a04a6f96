import { Badge } from '../../ui/badge.tsx';

/** Tags in the order of their keys; a dash where there are none. */
export const TagList = ({ tags }: { tags: Readonly<Record<string, string>> }) => {
  const entries = Object.entries(tags);
  if (entries.length === 0) return <span className="text-faint">–</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {entries.map(([key, value]) => (
        <Badge key={key} className="!whitespace-normal break-all">
          {value === '' ? key : `${key}: ${value}`}
        </Badge>
      ))}
    </span>
  );
};
