import { sizeText } from '../../base/values/number-text.ts'
import type { PullProgress } from '../../files/hub/progress.ts'
import { pull } from '../../files/registry/pull.ts'
import { duration } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/**
 * `glassformer pull`: the folder on standard output, progress on standard error. Ctrl-C stops the download, and the
 * bytes received so far stay on disk.
 */
export async function pullModel(name: string, { json, ...options }: PullCommandOptions): Promise<void> {
  const line = await RedrawnLine.open()
  try {
    const bytes = new Bytes()
    const folder = await pull(name, {
      ...options,
      progress(event) {
        bytes.count(event)
        if (event.status === 'progress') line.draw(() => bytes.inWords())
      },
    })
    line.clear()
    console.log(json ? JSON.stringify({ name, folder }) : folder)
  } finally {
    line.clear()
  }
}

/** Bytes received, over all files. */
class Bytes {
  readonly #files = new Map<string, { total: number; first: number | null; loaded: number }>()
  #current = ''
  #began = performance.now()

  count(event: PullProgress): void {
    if (event.status === 'initiate') this.#files.set(event.file, { total: event.total, first: null, loaded: 0 })
    const file = this.#files.get(event.file)
    if (!file) return
    if (event.status === 'progress') {
      this.#current = event.file
      file.first ??= event.loaded
      file.loaded = event.loaded
    }
    // A file that was already there is not counted as received.
    if (event.status === 'done') {
      file.first ??= file.total
      file.loaded = file.total
    }
  }

  inWords(): string[] {
    const files = [...this.#files.values()]
    const sum = (of: (file: { total: number; first: number | null; loaded: number }) => number) =>
      files.reduce((all, file) => all + of(file), 0)
    const [total, loaded] = [sum((file) => Math.max(file.total, file.loaded)), sum((file) => file.loaded)]
    const seconds = Math.max(0.001, (performance.now() - this.#began) / 1000)
    const rate = sum((file) => (file.first === null ? 0 : Math.max(0, file.loaded - file.first))) / seconds
    return [
      `${total ? Math.floor((100 * loaded) / total) : 100} %`,
      ...(rate > 0 ? [`${duration((total - loaded) / rate)} left`] : []),
      `${sizeText(loaded)} of ${sizeText(total)}`,
      `${sizeText(rate)}/s`,
      this.#current,
    ]
  }
}

/** The arguments and flags of `glassformer pull`. */
export interface PullCommandOptions {
  revision?: string
  cache?: string
  json?: true
}
