import { Dialog } from '../ui/dialog.tsx';
import { ActivityList } from './activity-list.tsx';

/** What happened in the project, without leaving the screen. */
const ActivityDrawer = ({ onClose }: { onClose: () => void }) => (
  <Dialog
    open
    onClose={onClose}
    place="side"
    title="Activity"
    description="Every change in this project, newest first, from the audit trail."
  >
    <ActivityList />
  </Dialog>
);
export default ActivityDrawer;
