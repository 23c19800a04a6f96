import {
  type ContractSuite,
  type ContractTest,
  getContractTests,
  listContractRuns,
  setContractTests,
} from '@millwright/contract';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { type TestDraft, draftOf, testOf } from './test-draft.ts';
import { TestFields, kindWords } from './test-fields.tsx';

const first: ContractTest = { name: 'size', kind: 'size', maxBytes: 50_000_000 };
const kinds = Object.entries(kindWords).map(([value, label]) => ({ value, label }));
const weights = [
  { value: 'required', label: 'Must pass' },
  { value: 'where-executable', label: 'Must pass where it can run' },
  { value: 'advisory', label: 'Only shown' },
];

const read = (text: string): { tests: ContractTest[] } | { problem: string } => {
  try {
    const tests: unknown = JSON.parse(text);
    return Array.isArray(tests) ? { tests: tests as ContractTest[] } : { problem: 'A list of tests is expected.' };
  } catch (error) {
    return { problem: (error as Error).message };
  }
};

/** A draft keeps its place in the list while others come and go. */
type Placed = TestDraft & { place: number };
const placed = (tests: readonly ContractTest[]): Placed[] => tests.map((test, place) => ({ ...draftOf(test), place }));
const nextName = (drafts: readonly TestDraft[], kind: string): string => {
  const taken = new Set(drafts.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kind : `${kind} ${number}`;
    if (!taken.has(name)) return name;
  }
};

const OneTest = ({
  draft,
  onChange,
  onRemove,
}: {
  draft: Placed;
  onChange: (change: Partial<TestDraft>) => void;
  onRemove: () => void;
}) => {
  const found = testOf(draft);
  return (
    <li>
      <fieldset className="flex flex-col gap-3 rounded-md border border-line p-3">
        <legend className="px-1 text-xs font-medium text-muted">{draft.name || 'Without a name'}</legend>
        <div className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]">
          <TextField
            label="Name"
            maxLength={80}
            value={draft.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
          <Select
            label="What is tested"
            choices={kinds}
            value={draft.kind}
            onChange={(event) => onChange({ kind: event.target.value as TestDraft['kind'], fields: {} })}
          />
          <Select
            label="Weight"
            choices={weights}
            value={draft.weight}
            onChange={(event) => onChange({ weight: event.target.value as TestDraft['weight'] })}
          />
          <IconButton
            label={`Remove the test ${draft.name}`}
            icon={<Trash2 aria-hidden size={14} />}
            onClick={onRemove}
          />
        </div>
        <TestFields draft={draft} onChange={(fields) => onChange({ fields })} />
        {'problem' in found ? <p className="text-xs text-bad">{found.problem}</p> : null}
      </fieldset>
    </li>
  );
};

/** All tests of a model at once, as forms or as the JSON that the command line takes. */
export const EditTests = ({ suite, onClose }: { suite: ContractSuite; onClose: () => void }) => {
  const project = useProject();
  const [drafts, setDrafts] = useState(() => placed(suite.revision === 0 ? [first] : suite.tests));
  /** null: the forms are shown. */
  const [json, setJson] = useState<string | null>(null);
  const fromForms = drafts.map(testOf);
  const inForms = fromForms.flatMap((one) => ('test' in one ? one.test : []));
  const fromJson = json === null ? null : read(json);
  const tests = fromJson === null ? inForms : 'tests' in fromJson ? fromJson.tests : [];
  const problem = fromJson !== null && 'problem' in fromJson ? fromJson.problem : undefined;
  const incomplete = fromJson === null ? inForms.length < drafts.length : problem !== undefined;
  const forms = () => (
    <>
      <ul className="flex flex-col gap-3">
        {drafts.map((draft) => (
          <OneTest
            key={draft.place}
            draft={draft}
            onChange={(change) =>
              setDrafts(drafts.map((one) => (one.place === draft.place ? { ...one, ...change } : one)))
            }
            onRemove={() => setDrafts(drafts.filter(({ place }) => place !== draft.place))}
          />
        ))}
      </ul>
      <Button
        small
        className="mt-3"
        icon={<Plus aria-hidden size={13} />}
        onClick={() => {
          const place = Math.max(-1, ...drafts.map((draft) => draft.place)) + 1;
          const name = nextName(drafts, 'signature');
          setDrafts([...drafts, { name, kind: 'signature', weight: 'required', fields: {}, place }]);
        }}
      >
        Add a test
      </Button>
    </>
  );
  const asJson = () => (
    <TextArea
      label="Tests as JSON"
      rows={16}
      spellCheck={false}
      className="font-mono text-xs"
      error={problem}
      value={json ?? ''}
      onChange={(event) => setJson(event.target.value)}
    />
  );
  return (
    <ActionDialog
      wide
      operation={setContractTests}
      input={{ params: { project, model: suite.modelName }, body: { tests, basedOn: suite.revision } }}
      title={`Tests of ${suite.modelName}`}
      action="Save"
      done={({ revision }) => `Revision ${revision}: all versions are tested anew`}
      refresh={[getContractTests, listContractRuns]}
      incomplete={incomplete}
      onClose={onClose}
      plan={`Makes revision ${suite.revision + 1} with ${tests.length} ${tests.length === 1 ? 'test' : 'tests'} and puts every version to it. A version that fails a required one cannot be approved or become champion.`}
    >
      <Tabs
        label="How the tests are written"
        value={json === null ? 'forms' : 'json'}
        onChange={(tab) => {
          if (tab === 'json') setJson(JSON.stringify(inForms, null, 2));
          else if (fromJson !== null && 'tests' in fromJson) {
            setDrafts(placed(fromJson.tests));
            setJson(null);
          }
        }}
        tabs={[
          { id: 'forms', label: 'Forms', content: forms },
          { id: 'json', label: 'JSON', content: asJson },
        ]}
      />
    </ActionDialog>
  );
};
