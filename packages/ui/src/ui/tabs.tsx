import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab {
  id: string;
  label: string;
  /** A number shown beside the label. */
  count?: number;
  content: () => ReactNode;
}

/** Only the chosen tab is rendered. */
export const Tabs = ({
  tabs,
  value,
  onChange,
  label,
}: {
  tabs: readonly Tab[];
  value: string;
  onChange: (id: string) => void;
  label: string;
}) => {
  const current = tabs.find((tab) => tab.id === value) ?? tabs[0];
  return (
    <Base.Root value={current?.id ?? null} onValueChange={(next) => onChange(String(next))}>
      <Base.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line" activateOnFocus>
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.id}
            value={tab.id}
            className="-mb-px min-h-9 border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap text-muted hover:text-ink focus-visible:outline-offset-[-2px] data-[active]:border-accent data-[active]:font-medium data-[active]:text-ink"
          >
            {tab.label}
            {tab.count === undefined ? null : (
              <span className="ml-1.5 rounded bg-sunken px-1 text-xs text-muted tabular-nums">{tab.count}</span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.id} value={tab.id} className="pt-4 focus-visible:outline-offset-4">
          {tab.id === current?.id ? tab.content() : null}
        </Base.Panel>
      ))}
    </Base.Root>
  );
};
