import {
  type Endpoint,
  type Model,
  type ModelVersion,
  deleteAlias,
  getModel,
  listEndpoints,
  listModelVersions,
  listModels,
  setAlias,
} from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';

const served = ['champion', 'challenger'];
const refresh = [getModel, listModels, listModelVersions, listEndpoints];
const aliasPattern = /^(?!latest$)(?!v\d+$)[\p{L}\p{N}_-]{1,255}$/iu;

interface Props {
  model: Model;
  versions: readonly ModelVersion[];
  /** The endpoints that serve this model. */
  endpoints: readonly Endpoint[];
  /** null: a new alias. */
  alias: string | null;
  onClose: () => void;
}

/** Moves an alias, or makes a new one. The plan says what is served afterwards. */
export const MoveAlias = ({ model, versions, endpoints, alias, onClose }: Props) => {
  const project = useProject();
  const [name, setName] = useState(alias ?? '');
  const now = model.aliases[name];
  const usable = (version: ModelVersion) => !served.includes(name) || version.approval.state === 'approved';
  const first = versions.find((version) => usable(version) && version.id !== now?.versionId);
  const [chosen, setChosen] = useState<string | null>(null);
  const target = versions.find((version) => version.id === (chosen ?? first?.id));
  const named = aliasPattern.test(name);
  const names = endpoints.map((endpoint) => endpoint.name).join(', ');
  const running = endpoints.filter((endpoint) => endpoint.rolloutId !== null).map((endpoint) => endpoint.name);
  return (
    <ActionDialog
      operation={setAlias}
      input={{ params: { project, model: model.name, alias: name }, body: { versionId: target?.id ?? '' } }}
      title={alias ? `Move the alias ${alias} of ${model.name}` : `New alias of ${model.name}`}
      action={now ? 'Move the alias' : 'Set the alias'}
      refresh={refresh}
      done={() => `${name} is v${target?.number} now`}
      incomplete={!named || !target || !usable(target) || target.id === now?.versionId}
      onClose={onClose}
      plan={
        !named ? (
          'Name the alias first.'
        ) : !target ? (
          `There is no version ${name} could be moved to: ${served.includes(name) ? 'only approved versions can be served.' : 'register one.'}`
        ) : (
          <ul className="list-disc pl-4">
            <li>
              {now ? `Moves ${name} from v${now.number} to v${target.number}` : `Points ${name} at v${target.number}`}{' '}
              of {model.name}.
            </li>
            {name === 'champion' && names ? (
              <li>
                {names} will serve v{target.number} for all traffic; going back is one click.
              </li>
            ) : null}
            {name === 'champion' && running.length > 0 ? (
              <li>The rollout under way at {running.join(', ')} is aborted.</li>
            ) : null}
            {name !== 'champion' ? <li>No endpoint serves anything else because of it.</li> : null}
          </ul>
        )
      }
    >
      {alias ? null : (
        <TextField
          label="Alias"
          value={name}
          maxLength={255}
          hint="Letters, digits, hyphens and underscores"
          error={name !== '' && !named ? 'No other characters, and neither latest nor v1, v2 ...' : undefined}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <Select
        label="Version"
        value={target?.id ?? ''}
        choices={versions.map((version) => ({
          value: version.id,
          label: `v${version.number}, ${version.approval.state}${version.id === now?.versionId ? ', now' : ''}`,
        }))}
        hint={served.includes(name) ? 'champion and challenger must point at approved versions.' : undefined}
        error={target && !usable(target) ? `v${target.number} is ${target.approval.state}` : undefined}
        onChange={(event) => setChosen(event.target.value)}
      />
    </ActionDialog>
  );
};

export const RemoveAlias = ({ model, alias, onClose }: Pick<Props, 'model' | 'onClose'> & { alias: string }) => {
  const project = useProject();
  return (
    <ActionDialog
      operation={deleteAlias}
      input={{ params: { project, model: model.name, alias } }}
      title={`Remove the alias ${alias} of ${model.name}`}
      action="Remove the alias"
      danger
      refresh={refresh}
      done={`${alias} is gone`}
      onClose={onClose}
      plan={`Nothing is called ${alias} any more; v${model.aliases[alias]?.number} itself stays.${alias === 'champion' ? ' Endpoints go on serving the version they serve.' : ''}`}
    />
  );
};
