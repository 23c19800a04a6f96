import type { Artifact } from '@millwright/contract';
import { Card, KeyValue } from '../../../ui/card.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { useArtifactText } from '../artifact-content.ts';
import { hostOf } from './facts.ts';

const memory = (total: number | null, limit: number | null): string | null =>
  total === null ? null : limit === null ? formatBytes(total) : `${formatBytes(limit)} of ${formatBytes(total)}`;

/** The machine, and what of it the run could use. */
export const Host = ({ runId, artifact }: { runId: string; artifact: Artifact }) => (
  <Card title="Machine">
    <Loaded query={useArtifactText(runId, artifact)} height={150}>
      {(text) => {
        const host = hostOf(text);
        if (host === null) return <p className="text-muted">The file that describes it cannot be read.</p>;
        const { cpu } = host;
        const cpus = cpu.limit === null ? `${cpu.count}` : `${cpu.limit} of ${cpu.count}`;
        return (
          <KeyValue
            pairs={[
              ['Name', host.hostname || null],
              ['System', host.os || null],
              ['Runtime', host.runtime || null],
              ['Processor', cpu.model || host.architecture || null],
              ['CPUs', cpus],
              ['Memory', memory(host.memoryBytes, host.memoryLimitBytes)],
              ...(host.gpus.length === 0
                ? ([['GPU', 'none']] as const)
                : host.gpus.map(
                    (gpu, index) =>
                      [
                        `GPU ${index}`,
                        [gpu.name, gpu.memoryBytes === null ? '' : formatBytes(gpu.memoryBytes), gpu.driver ?? '']
                          .filter(Boolean)
                          .join(', '),
                      ] as const,
                  )),
            ]}
          />
        );
      }}
    </Loaded>
  </Card>
);
