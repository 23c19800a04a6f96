import {
  type ContractSuite,
  type ContractTest,
  getContractTests,
  listContractRuns,
  setContractTests,
} from '@millwright/contract';
import { useState } from 'react';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextArea } from '../../ui/field.tsx';

const example: ContractTest[] = [
  { name: 'columns', kind: 'signature', inputs: [{ name: 'amount', type: 'number' }] },
  { name: 'size', kind: 'size', maxBytes: 50_000_000 },
];

const read = (text: string): { tests: ContractTest[] } | { problem: string } => {
  try {
    const tests: unknown = JSON.parse(text);
    return Array.isArray(tests) ? { tests: tests as ContractTest[] } : { problem: 'A list of tests is expected.' };
  } catch (error) {
    return { problem: (error as Error).message };
  }
};

/** All tests at once, as JSON: what the command line takes. The server says what is wrong with one. */
export const EditTests = ({ suite, onClose }: { suite: ContractSuite; onClose: () => void }) => {
  const project = useProject();
  const [text, setText] = useState(JSON.stringify(suite.revision === 0 ? example : suite.tests, null, 2));
  const found = read(text);
  const tests = 'tests' in found ? found.tests : [];
  return (
    <ActionDialog
      operation={setContractTests}
      input={{ params: { project, model: suite.modelName }, body: { tests, basedOn: suite.revision } }}
      title={`Tests of ${suite.modelName}`}
      action="Save"
      done={({ revision }) => `Revision ${revision}: all versions are tested anew`}
      refresh={[getContractTests, listContractRuns]}
      incomplete={'problem' in found}
      onClose={onClose}
      plan={`Makes revision ${suite.revision + 1} with ${tests.length} tests and puts every version to it. A version that fails a required one cannot be approved or become champion.`}
    >
      <TextArea
        label="Tests"
        rows={16}
        spellCheck={false}
        className="font-mono text-xs"
        hint="Kinds: signature, metadata, size, files, examples, latency, slice. Weights: required, where-executable, advisory."
        error={'problem' in found ? found.problem : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </ActionDialog>
  );
};
