import type { Tensor } from './event.ts';

/** Sixteen bits of a half (IEEE) or a bfloat16 as a number. */
const fromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};
const fromBfloat16 = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits & 0xffff);
  return view.getFloat32(0);
};

interface NumberType {
  bytes: number;
  read(view: DataView): number;
  first(tensor: Tensor): number | undefined;
}

/** By the numbers of TensorFlow's DataType. A tensor holds its values as bytes, or as a list of its type. */
const types: Record<number, NumberType> = {
  1: { bytes: 4, read: (view) => view.getFloat32(0, true), first: ({ floats }) => floats[0] },
  2: { bytes: 8, read: (view) => view.getFloat64(0, true), first: ({ doubles }) => doubles[0] },
  3: { bytes: 4, read: (view) => view.getInt32(0, true), first: ({ ints }) => ints[0] },
  4: { bytes: 1, read: (view) => view.getUint8(0), first: ({ ints }) => ints[0] },
  5: { bytes: 2, read: (view) => view.getInt16(0, true), first: ({ ints }) => ints[0] },
  6: { bytes: 1, read: (view) => view.getInt8(0), first: ({ ints }) => ints[0] },
  9: { bytes: 8, read: (view) => Number(view.getBigInt64(0, true)), first: ({ longs }) => numberFrom(longs[0]) },
  10: { bytes: 1, read: (view) => view.getUint8(0), first: ({ booleans }) => numberFrom(booleans[0]) },
  14: { bytes: 2, read: (view) => fromBfloat16(view.getUint16(0, true)), first: halfWith(fromBfloat16) },
  19: { bytes: 2, read: (view) => fromHalf(view.getUint16(0, true)), first: halfWith(fromHalf) },
};

function halfWith(from: (bits: number) => number) {
  return ({ halves }: Tensor): number | undefined => (halves[0] === undefined ? undefined : from(halves[0]));
}

const numberFrom = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

/** The one number in a tensor; null where it holds something else. */
export const numberIn = (tensor: Tensor): number | null => {
  const type = types[tensor.dataType];
  if (!type) return null;
  const { content } = tensor;
  if (content.length > 0 && content.length !== type.bytes) return null;
  if (content.length === 0) return type.first(tensor) ?? 0;
  return type.read(new DataView(content.buffer, content.byteOffset, content.length));
};
