import type { RemoteFile } from './remote-file.ts'

/** The progress of a model's file. The statuses are those of transformers.js. */
export type PullProgress = {
  /** The model's name. */
  name: string
  file: string
} & (
  | {
      /** The file has been found to be needed. */ status: 'initiate' /** Size in bytes; 0 where unknown. */
      total: number
    }
  | { /** Its download begins. */ status: 'download' }
  | {
      status: 'progress'
      /** Percent. */
      progress: number
      /** Bytes received, those of an earlier download included. */
      loaded: number
      total: number
      /** Bytes per second of this download. */
      rate: number
    }
  | { /** The file is complete and in its place. */ status: 'done' }
)

/** Milliseconds between two reports of one file. */
const PAUSE = 50

/** Turns the progress of a download into events. */
export function reporting(name: string, { name: file, size }: RemoteFile, progress?: (event: PullProgress) => void) {
  const began = performance.now()
  let first: number | null = null
  let last = 0
  return {
    reached(loaded: number): void {
      const now = performance.now()
      if (first === null) {
        first = loaded
        progress?.({ status: 'download', name, file })
      } else if (now - last < PAUSE && loaded !== size) return
      last = now
      const total = size ?? loaded
      const rate = (1000 * Math.max(0, loaded - first)) / Math.max(1, now - began)
      progress?.({
        status: 'progress',
        name,
        file,
        progress: total ? (100 * loaded) / total : 100,
        loaded,
        total,
        rate,
      })
    },
    done: (): void => progress?.({ status: 'done', name, file }),
  }
}
