/** A seeded source of random numbers. The same seed always gives the same stream, on every machine. */
export interface Rng {
  /** Uniform on [0, 1) with 32 random bits. */
  next(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** 1 with probability p, else 0. */
  bernoulli(p: number): 0 | 1;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
}

/** splitmix32: spreads a small seed over the whole state. */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
}

/**
 * Returns a generator of unsigned 32-bit integers: sfc32 (Chris Doty-Humphrey, PractRand), seeded by splitmix32.
 * Seeds that differ beyond 2^32 still differ: the high word is mixed into the state.
 */
export function uint32Source(seed: number): () => number {
  const low = splitmix32(seed >>> 0);
  let a = low();
  let b = low() ^ Math.floor(seed / 2 ** 32);
  let c = low();
  let counter = 1;
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) draw();
  return draw;
}

/** A seeded generator; `seed` is any finite integer. */
export function rng(seed: number): Rng {
  const draw = uint32Source(seed);
  const next = () => draw() / 4294967296;
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Box-Muller; 1 - u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const int = (n: number) => Math.floor(next() * n);
  return {
    next,
    normal,
    int,
    bernoulli: (p) => (next() < p ? 1 : 0),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = items[i]!;
        items[i] = items[j]!;
        items[j] = held;
      }
      return items;
    },
  };
}
