import { PageHeader } from '../../ui/card.tsx';
import { RunsTable } from './runs-table.tsx';
import { ExperimentsTabs } from './tabs.tsx';

const Runs = () => (
  <>
    <PageHeader
      title="Runs"
      text="Everything that was tried, with its parameters, metrics and files. Filter, choose and compare."
    />
    <ExperimentsTabs current="experiments" />
    <RunsTable />
  </>
);
export default Runs;
