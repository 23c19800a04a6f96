import { deleteView, listSavedViews, saveView } from '@millwright/contract';
import { useChange, useRead } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ViewsMenu } from '../../tables/views-menu.tsx';
import { formatInstant } from '../../ui/format.ts';

/** All that the address says of how runs are shown. */
const viewKeys = ['filter', 'sort', 'columns', 'summary', 'view', 'group', 'charts', 'axes', 'x', 'y', 'baseline'];

/** Views that all of the project have in common: whoever may change runs may save them. */
export const RunsViews = ({ screen }: { screen: string }) => {
  const project = useProject();
  const may = useMay('run:write');
  const [search, change] = useScreenSearch();
  const views = useRead(listSavedViews, { params: { project }, query: { screen } }).data?.items ?? [];
  const save = useChange(saveView, { done: ({ name }) => `The view ${name} was saved`, refresh: [listSavedViews] });
  const remove = useChange(deleteView, { done: 'The view was deleted', refresh: [listSavedViews] });
  return (
    <ViewsMenu
      views={views.map((view) => ({
        id: view.id,
        name: view.name,
        hint: `Saved by ${view.owner}, ${formatInstant(view.updatedAt)}`,
      }))}
      mayChange={may}
      onChoose={(id) => {
        const chosen = views.find((view) => view.id === id)?.search ?? {};
        change(Object.fromEntries(viewKeys.map((key) => [key, chosen[key] ?? null])));
      }}
      onDelete={(view) => remove.mutate({ params: { project, view } })}
      onSave={(name) => {
        const shown = viewKeys.flatMap((key) => (search[key] ? [[key, search[key]] as const] : []));
        save.mutate({ params: { project }, body: { screen, name, search: Object.fromEntries(shown) } });
      }}
    />
  );
};
