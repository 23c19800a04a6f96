import { createRun, logMetrics, putArtifact, runFiles, runTags, updateRun } from '@millwright/contract';
import type { Client } from '@millwright/sdk';

const project = 'default';
const diff = `diff --git a/model.py b/model.py
index 1111111..2222222 100644
--- a/model.py
+++ b/model.py
@@ -1,2 +1,2 @@
 import mlflow
-depth = 3
+depth = 5
`;
// A white point.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const energy = {
  kilowattHours: 0.0025,
  seconds: 90,
  parts: [
    { part: 'cpu', kilowattHours: 0.002, method: 'measured', source: 'RAPL: /sys/class/powercap/intel-rapl:0' },
    { part: 'memory', kilowattHours: 0.0005, method: 'estimated', source: '16 GB x 0.392 W' },
  ],
};

/** One second of silence, 8 kHz, one channel. */
const silence = (): Buffer<ArrayBuffer> => {
  const samples = 8000;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  return wav;
};

export interface RecordedRun {
  id: string;
  put(path: string, content: string | Buffer<ArrayBuffer>): Promise<void>;
  finish(): Promise<void>;
}

/** A run that goes on, with what the Python package would have recorded of it so far. */
export const startRecordedRun = async (client: Client, experiment: string): Promise<RecordedRun> => {
  const tags = {
    [runTags.client]: '0.1.0',
    [runTags.gitCommit]: '0123456789abcdef0123456789abcdef01234567',
    [runTags.gitBranch]: 'main',
    [runTags.gitRepository]: 'https://git.example.org/team/risk.git',
    [runTags.gitDirty]: 'true',
    [runTags.gitDiff]: 'whole',
    [runTags.command]: '["python","train.py","--note","a b"]',
    [runTags.seeds]: '{"numpy":7}',
    [runTags.energy]: JSON.stringify(energy),
  };
  const { id } = await client.call(createRun, { params: { project }, body: { experiment, name: 'recorded', tags } });
  const put = async (path: string, content: string | Buffer<ArrayBuffer>) => {
    const input = { params: { project, run: id }, query: { path } };
    await client.call(putArtifact, input, { content: new Blob([content]) });
  };
  const host = { hostname: 'trainer-1', os: 'Linux', runtime: 'CPython 3.12.4', cpu: { model: 'EPYC', count: 8 } };
  const image = (step: number) => `${runFiles.images}val+step+${step}+timestamp+1+x${step}.png`;
  const files: [string, string | Buffer<ArrayBuffer>][] = [
    [runFiles.diff, diff],
    [runFiles.untracked, 'scratch.txt\n'],
    [runFiles.packages, 'mlflow==3.18.0\nnumpy==2.4.6\n'],
    [runFiles.host, JSON.stringify(host)],
    [
      `${runFiles.output}1-0001.log`,
      '2026-01-01T00:00:00.000Z stdout F epoch 1\n2026-01-01T00:00:01.000Z stderr F careful\n',
    ],
    [image(1), png],
    [image(2), png],
    [
      `${runFiles.images}evil+step+1+timestamp+1+x.svg`,
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    ],
    [`${runFiles.texts}page/0.txt`, '<img src=x onerror="document.title=1">'],
    [`${runFiles.audio}tone/0.wav`, silence()],
    [`${runFiles.tables}cases/0.json`, '{"columns":["truth","score"],"data":[["dog",0.25]]}'],
    [`${runFiles.confusionMatrices}val/0.json`, '{"labels":["cat","dog"],"counts":[[9,1],[2,8]]}'],
    [
      `${runFiles.curves}roc/0.json`,
      '{"kind":"roc","xLabel":"FPR","yLabel":"TPR","series":[{"name":"val","x":[0,0.2,1],"y":[0,0.8,1],"score":0.9}]}',
    ],
    [`${runFiles.curves}broken/0.json`, '{'],
  ];
  for (const [path, content] of files) await put(path, content);
  const points = ['system/cpu_utilization_percentage', 'system/power_watts', 'loss'].flatMap((key) =>
    [0, 1, 2].map((step) => ({ key, value: 10 + step, step, at: Date.now() + step * 1000 })),
  );
  await client.call(logMetrics, { params: { project, run: id }, body: { points } });
  return {
    id,
    put,
    async finish() {
      await client.call(updateRun, { params: { project, run: id }, body: { status: 'finished' } });
    },
  };
};
