import type { Adapter } from '../../weights/adapter.ts'
import { type AdapterMemory, NO_ADAPTER } from './adapter-memory.ts'

/** Holds the adapters of some sentences while `play` runs: it receives the row of each, or null where none has an adapter. */
export function withAdapters(
  memory: AdapterMemory,
  sentences: readonly { adapter?: Adapter }[],
  play: (rows: readonly number[] | null) => void,
): void {
  if (sentences.every(({ adapter }) => !adapter)) return play(null)
  const rows = sentences.map(({ adapter }) => (adapter ? memory.hold(adapter) : NO_ADAPTER))
  try {
    play(rows)
  } finally {
    for (const row of rows) memory.release(row)
  }
}
