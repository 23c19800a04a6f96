import type { Signature, TensorMeta } from '@millwright/contract';

const Rows = ({ tensors, kind }: { tensors: readonly TensorMeta[]; kind: string }) =>
  tensors.map((tensor) => (
    <tr key={tensor.name} className="border-t border-line">
      <th scope="row" className="px-3 py-1 text-left font-normal break-all">
        {tensor.feature ?? tensor.name}
        {tensor.feature ? <span className="text-xs text-muted"> as {tensor.name}</span> : null}
      </th>
      <td className="px-3 py-1 text-muted">{kind}</td>
      <td className="px-3 py-1 font-mono text-xs">{tensor.datatype}</td>
      <td className="px-3 py-1 font-mono text-xs">[{tensor.shape.join(', ')}]</td>
    </tr>
  ));

/** What a model takes and gives. */
export const SignatureTable = ({ signature }: { signature: Signature }) => (
  <>
    <p className="px-3 py-2">
      {signature.task === 'classification' ? 'Classification' : 'Regression'} of <strong>{signature.target}</strong>
      {signature.classes ? (
        <span className="text-muted">
          {' '}
          into {signature.classes.length} classes: {signature.classes.slice(0, 12).join(', ')}
          {signature.classes.length > 12 ? ', …' : ''}
        </span>
      ) : null}
    </p>
    <div className="max-h-96 overflow-auto" tabIndex={0} role="region" aria-label="Signature">
      <table className="w-full">
        <thead className="text-left text-xs text-muted">
          <tr>
            {['Name', 'Direction', 'Data type', 'Shape'].map((head) => (
              <th key={head} scope="col" className="px-3 py-1 font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Rows tensors={signature.inputs} kind="input" />
          <Rows tensors={signature.outputs} kind="output" />
        </tbody>
      </table>
    </div>
  </>
);
