import { type Incident, getMonitor, listIncidents, updateIncident } from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextArea } from '../../ui/field.tsx';

export type NextState = 'acknowledged' | 'resolved';

export const UpdateIncident = ({
  incident,
  state,
  onClose,
}: {
  incident: Incident;
  state: NextState;
  onClose: () => void;
}) => {
  const project = useProject();
  const [note, setNote] = useState('');
  const resolving = state === 'resolved';
  return (
    <ActionDialog
      operation={updateIncident}
      input={{
        params: { project, incident: incident.id },
        body: { state, ...(note.trim() ? { note: note.trim() } : {}) },
      }}
      title={resolving ? `Resolve: ${incident.title}` : `Acknowledge: ${incident.title}`}
      action={resolving ? 'Resolve' : 'Acknowledge'}
      refresh={[listIncidents, getMonitor]}
      onClose={onClose}
      plan={
        resolving
          ? 'Closes the incident. It is not raised again for the same cause while that lasts; something new opens another one.'
          : 'Says that somebody looks after it. Watching goes on, and it stays open until it is resolved.'
      }
    >
      <TextArea
        label="Note"
        maxLength={2000}
        hint="Optional; kept in the log of the incident."
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </ActionDialog>
  );
};
