import { type InferRequest, type Signature, predict, sendLabels } from '@millwright/contract';
import type { Client } from '@millwright/sdk';
import { endpointName } from './loop.ts';
import type { Source } from './source.ts';

const project = 'default';
const concurrency = 24;

export interface PlayerOptions {
  source: Source;
  client: Client;
  signature: Signature;
  /** Rows between a prediction and its label. */
  labelDelayRows: number;
  chunkRows: number;
  /** Waits until the loop has dealt with what it was given: the demo plays days in seconds, and gives it the nights. */
  settle(sent: number): Promise<void>;
  onChunk(sent: number): void;
}

/** What was answered to each replayed row: the label or value, null when the request failed. */
export type Answers = (string | number | null)[];

export const requestOf = (source: Source, signature: Signature, index: number): InferRequest => {
  const row = source.rows[source.historyRows + index] ?? [];
  const position = new Map(source.features.map((feature, i) => [feature.name, i]));
  return {
    parameters: { unit: String(index) },
    inputs: signature.inputs.map((input) => {
      const value = row[position.get(input.feature ?? input.name) ?? -1] ?? null;
      return {
        name: input.name,
        shape: [1, 1],
        datatype: input.datatype,
        data: [input.datatype === 'BYTES' ? (value === null ? '' : String(value)) : value],
      };
    }),
  };
};

/** Replays the later part of the source through the public interface, with labels that arrive late. */
export const play = async (options: PlayerOptions): Promise<Answers> => {
  const { source, client, signature } = options;
  const endpoint = endpointName(source);
  const total = source.rows.length - source.historyRows;
  const answers: Answers = new Array<string | number | null>(total).fill(null);
  const predictionIds = new Array<string | null>(total).fill(null);

  const one = async (index: number): Promise<void> => {
    const reply = await client.call(predict, {
      params: { project, endpoint },
      body: requestOf(source, signature, index),
    });
    const output = reply.outputs.find(
      (candidate) => candidate.name === (source.task === 'classification' ? 'label' : 'value'),
    );
    answers[index] = (output?.data[0] ?? null) as string | number | null;
    predictionIds[index] = (reply.parameters['prediction_ids'] as string[])[0] ?? null;
  };
  const label = async (from: number, to: number): Promise<void> => {
    const labels = [];
    for (let i = from; i < to; i++) {
      const predictionId = predictionIds[i];
      if (predictionId) labels.push({ predictionId, value: source.labels[source.historyRows + i] as string | number });
    }
    if (labels.length > 0) await client.call(sendLabels, { params: { project, endpoint }, body: { labels } });
  };

  let labelled = 0;
  for (let from = 0; from < total; from += options.chunkRows) {
    const to = Math.min(total, from + options.chunkRows);
    let next = from;
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (next < to) await one(next++);
      }),
    );
    const known = Math.max(labelled, to - options.labelDelayRows);
    await label(labelled, known);
    labelled = known;
    await options.settle(to);
    options.onChunk(to);
  }
  await label(labelled, total);
  await options.settle(total);
  return answers;
};
