import { type Run, type RunInput, listRunInputs } from '@millwright/contract';
import { useRead } from '../../../api/queries.ts';
import { ObjectLink } from '../../../app/links.tsx';
import { useProject } from '../../../app/location.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../../ui/code.tsx';
import { Loaded } from '../../../ui/loaded.tsx';

const Input = ({ input }: { input: RunInput }) => (
  <li className="flex min-h-8 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 last:border-0">
    {input.datasetVersionId ? (
      <ObjectLink type="dataset-version" id={input.datasetVersionId}>
        {input.name}
      </ObjectLink>
    ) : (
      <span>{input.name}</span>
    )}
    {input.context ? <Badge>{input.context}</Badge> : null}
    <span className="flex-1" />
    <ShortId value={input.digest} />
  </li>
);

/** Data sets the run read. */
export const Inputs = ({ run }: { run: Run }) => {
  const inputs = useRead(listRunInputs, { params: { project: useProject(), run: run.id } });
  return (
    <Card title="Data sets" flush>
      <Loaded query={inputs} height={64}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="p-3">
              <p className="mb-2 text-muted">The run names none. In its program:</p>
              <CodeBlock code={'train = millwright.dataset("orders", 3).pandas()'} />
            </div>
          ) : (
            <ul>
              {items.map((input) => (
                <Input key={`${input.name} ${input.digest}`} input={input} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
};
