import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Translator } from '#dist/use/translate/translator.js'

/** The niceness of a thread of this process (proc(5), field 19). */
function niceOf(thread: string | number): number {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}

test.skipIf(process.platform !== 'linux')(
  'threads that compute let the thread of the event loop go before them',
  async () => {
    const before = new Set(readdirSync('/proc/self/task'))
    const own = niceOf(process.pid)
    const translator = await Translator.load(undefined, { workers: 1, threads: 2, backend: 'js' })
    try {
      const nice = readdirSync('/proc/self/task').flatMap((each) => (before.has(each) ? [] : niceOf(each)))
      expect(nice).toContain(Math.min(19, own + 5))
      expect(niceOf(process.pid)).toBe(own)
    } finally {
      await translator.close()
    }
  },
)
