/** State of a page that its link carries: the sentence, the view and the head. */
export interface Shared {
  /** Sentence. */
  s?: string
  view?: string
  head?: string
}

const keys = ['s', 'view', 'head'] as const

/** Reads `#s=…&view=…&head=…`; unknown names are ignored. */
export function readAddress(hash: string): Shared {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  return Object.fromEntries(keys.flatMap((key) => (given.has(key) ? [[key, given.get(key)]] : [])))
}

/** The hash of a state. `readAddress` returns the same state from it. */
export const addressOf = (shared: Shared): string =>
  `#${new URLSearchParams(keys.flatMap((key) => (shared[key] === undefined ? [] : [[key, shared[key]]])))}`
