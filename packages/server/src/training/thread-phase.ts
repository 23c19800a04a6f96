/**
 * Whether a training thread may be ended from outside. Ending a thread while it runs native code of ONNX Runtime
 * aborts the whole process, so the thread announces that phase in shared memory and is left to finish it.
 * Exactly one side wins: either the thread enters the native phase or its owner ends it.
 */
export type ThreadPhase = Int32Array<SharedArrayBuffer>;

const interruptible = 0;
const native = 1;
const ended = 2;

export function newThreadPhase(): ThreadPhase {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Called by the thread; false when its owner has decided to end it. */
export function enterNativePhase(phase: ThreadPhase): boolean {
  return Atomics.compareExchange(phase, 0, interruptible, native) === interruptible;
}

/** Called by the owner; true when the thread may now be terminated. */
export function claimTermination(phase: ThreadPhase): boolean {
  return Atomics.compareExchange(phase, 0, interruptible, ended) === interruptible;
}
