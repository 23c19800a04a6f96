import type { Folder } from '../../import/folder.ts';
import { type Event, decodeEvent, decodeHParams, type SummaryValue } from './event.ts';
import { recordsOf } from './records.ts';
import { numberIn } from './tensor-value.ts';

/** What one value of an event is here. */
export type Logged =
  | { kind: 'point'; key: string; value: number; step: number; at: number }
  | { kind: 'file'; path: string; content: Uint8Array }
  | { kind: 'session'; parameters: Record<string, string>; status: number | null; at: number }
  | { kind: 'moment'; at: number }
  | { kind: 'other'; plugin: string };

/** The plugin whose name stands in the first value of a tag; later ones may leave it out. */
type Plugins = Map<string, string>;

/** In the order of the files. What cannot be read is told and left out. */
export async function* readEvents(
  folder: Folder,
  paths: readonly string[],
  problem: (text: string) => void,
): AsyncIterable<Logged> {
  const plugins: Plugins = new Map();
  for (const path of paths) {
    const file = await folder.openFile(path);
    try {
      for await (const record of recordsOf(file, (text) => problem(`${path}: ${text}`))) {
        const event = decode(record);
        if (event) yield* valuesOf(event, plugins);
        else problem(`${path}: a record that is no event was left out`);
      }
    } finally {
      await file.close();
    }
  }
}

const decode = (record: Uint8Array): Event | null => {
  try {
    return decodeEvent(record);
  } catch {
    return null;
  }
};

function* valuesOf({ wallTime, step, summary }: Event, plugins: Plugins): Iterable<Logged> {
  const at = Math.round(wallTime * 1000);
  if (!Number.isSafeInteger(at) || at < 0) return;
  yield { kind: 'moment', at };
  for (const value of summary?.value ?? []) {
    const named = value.metadata?.pluginData?.pluginName;
    if (named) plugins.set(value.tag, named);
    yield* loggedBy(value, plugins.get(value.tag) ?? '', Number(step ?? 0), at);
  }
}

function* loggedBy(value: SummaryValue, plugin: string, step: number, at: number): Iterable<Logged> {
  const { tag, tensor } = value;
  const file = (folder: string, ending: string, content: Uint8Array, index = 0): Logged => ({
    kind: 'file',
    path: `${folder}/${tag}/${step}${index === 0 ? '' : `-${index}`}.${ending}`,
    content,
  });
  if (plugin === 'hparams') {
    const { start, end } = decodeHParams(value.metadata?.pluginData?.content ?? new Uint8Array(0));
    const parameters = Object.entries(start?.hparams ?? {}).map(([key, one]): [string, string] => [
      key,
      one.kind === undefined ? '' : String(one[one.kind]),
    ]);
    yield { kind: 'session', parameters: Object.fromEntries(parameters), status: end?.status ?? null, at };
  } else if (value.content === 'simpleValue') yield { kind: 'point', key: tag, value: value.simpleValue, step, at };
  else if (value.image) yield file('images', endingOf(value.image.encoded), value.image.encoded);
  else if (value.audio) yield file('audio', 'wav', value.audio.encoded);
  else if (tensor && plugin === 'text') {
    const text = tensor.strings.map((bytes) => Buffer.from(bytes).toString('utf8')).join('\n');
    yield file('text', 'md', Buffer.from(text));
  } else if (tensor && plugin === 'images') {
    // Width and height as text, then one file per image.
    for (const [index, image] of tensor.strings.slice(2).entries()) yield file('images', endingOf(image), image, index);
  } else if (tensor && plugin === 'audio') {
    // Each with its label.
    for (const [index, sound] of tensor.strings.filter((_, place) => place % 2 === 0).entries())
      yield file('audio', 'wav', sound, index);
  } else {
    const number = tensor && (plugin === 'scalars' || plugin === '') ? numberIn(tensor) : null;
    if (number === null) yield { kind: 'other', plugin: plugin || (value.content ?? 'nothing') };
    else yield { kind: 'point', key: tag, value: number, step, at };
  }
}

const endingOf = (image: Uint8Array): string => {
  if (image[0] === 0xff && image[1] === 0xd8) return 'jpg';
  return image[0] === 0x47 && image[1] === 0x49 ? 'gif' : 'png';
};
