import type { PipelineSpec, StepRun } from '@millwright/contract';
import clsx from 'clsx';
import { useMemo } from 'react';
import { GraphView } from '../../graph/graph-view.tsx';
import { Status } from '../../ui/badge.tsx';
import { statusLook } from '../../ui/status.ts';
import { drawnEdgesOf } from './spec.ts';

interface Props {
  label: string;
  spec: PipelineSpec;
  /** Of the run whose states are shown; without it the graph is the definition alone. */
  steps?: readonly StepRun[];
  chosen?: string;
  onChoose?: (name: string) => void;
}

/** The steps from left to right, each with its state. */
export const StepGraph = ({ label, spec, steps, chosen, onChoose }: Props) => {
  const { nodes, edges } = useMemo(() => {
    const stateOf = (name: string) => steps?.find((step) => step.name === name)?.state;
    return {
      nodes: spec.steps.map((step) => {
        const state = stateOf(step.name);
        return {
          id: step.name,
          label: `${step.name}, ${step.kind}${state ? `, ${statusLook(state).word}` : ''}`,
          content: (
            <div
              className={clsx('flex h-full flex-col justify-center px-2.5', step.name === chosen && 'bg-accent-soft')}
            >
              <span className="truncate text-sm font-medium">{step.name}</span>
              {state ? (
                <Status quiet state={state} />
              ) : (
                <span className="truncate text-2xs text-muted">{step.kind}</span>
              )}
            </div>
          ),
        };
      }),
      edges: drawnEdgesOf(spec).map((edge) => ({
        ...edge,
        active: ['running', 'waiting'].includes(stateOf(edge.to) ?? ''),
      })),
    };
  }, [spec, steps, chosen]);
  return (
    <GraphView
      label={label}
      nodes={nodes}
      edges={edges}
      height={spec.steps.length > 8 ? 320 : 200}
      nodeWidth={150}
      {...(onChoose ? { onChoose } : {})}
    />
  );
};
