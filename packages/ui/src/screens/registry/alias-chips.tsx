import type { Model } from '@millwright/contract';
import { ObjectLink } from '../../app/links.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Swatch } from '../../ui/swatch.tsx';

const roles = ['champion', 'challenger'];
/** champion and challenger first, the others by name. */
export const aliasNames = (model: Pick<Model, 'aliases'>): string[] =>
  Object.keys(model.aliases).sort((a, b) => {
    const rank = (alias: string) => (roles.includes(alias) ? roles.indexOf(alias) : roles.length);
    return rank(a) - rank(b) || a.localeCompare(b);
  });

export const AliasBadge = ({ alias }: { alias: string }) => (
  <Badge tone="idle">
    {roles.includes(alias) ? <Swatch entity={alias} /> : null}
    <span className="text-ink">{alias}</span>
  </Badge>
);

/** The aliases of a model, each with the version it points at. */
export const AliasChips = ({ model }: { model: Pick<Model, 'aliases'> }) => {
  const names = aliasNames(model);
  if (names.length === 0) return <span className="text-faint">none</span>;
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {names.map((alias) => (
        <span key={alias} className="inline-flex items-center gap-1">
          <AliasBadge alias={alias} />
          <ObjectLink type="model-version" id={model.aliases[alias]?.versionId ?? ''}>
            v{model.aliases[alias]?.number}
          </ObjectLink>
        </span>
      ))}
    </span>
  );
};
