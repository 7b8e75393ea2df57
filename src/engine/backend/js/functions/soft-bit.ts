/** A bit of semantic hashing before it is rounded: max(0, min(1, 1.2 sigmoid(u) − 0.1)). */
export const softBit = (u: number): number => Math.max(0, Math.min(1, 1.2 / (1 + Math.exp(-u)) - 0.1))
