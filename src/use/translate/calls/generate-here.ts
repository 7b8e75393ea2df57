import { setImmediate } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { aborted, atIndex, timedOut } from '../../../workers/requests/submit.ts'
import type { ResolvedGenerate } from '../options/generate-settings.ts'
import type { Engine } from '../sentences/engine.ts'
import type { Generated } from '../translation/translation.ts'

/**
 * Generates on this thread, with functions that cannot be sent to another. The event loop runs after each step.
 * `engineOf` returns the engine, and throws if the translator has been closed.
 */
export async function generateHere(
  engineOf: () => Engine,
  sources: readonly number[][],
  { sources: settings, processors, prefixAllowed, streamer, scheduling }: ResolvedGenerate,
): Promise<Generated[][]> {
  const { signal, timeout } = scheduling
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout
  const request = {}
  const results: Generated[][] = new Array(sources.length)
  const failures: unknown[] = []
  let missing = sources.length
  const engine = engineOf()
  if (signal?.aborted) throw aborted(signal)
  const named = (error: unknown, i: number) =>
    error instanceof GlassformerError ? atIndex(error, i, sources.length) : error
  const guarded =
    <A>(tell: (argument: A) => void) =>
    (argument: A) => {
      try {
        tell(argument)
      } catch (error) {
        failures.push(error)
      }
    }
  try {
    for (const [i, source] of sources.entries()) {
      const choosers = { sentence: i, prefixAllowed, processors }
      const done = (found: Generated[]) => {
        results[i] = found
        missing--
      }
      const fail = (error: unknown) => void failures.push(named(error, i))
      try {
        const prefix = streamer && guarded((ids: number[]) => streamer(i, ids))
        engine.generate({ request, source, settings: settings[i], choosers, prefix, done, fail })
      } catch (error) {
        throw named(error, i)
      }
    }
    while (missing && !failures.length) {
      if (engineOf() !== engine) throw new GlassformerError('ERR_INTERNAL', 'a step of another call has failed')
      engine.step()
      await setImmediate()
      if (signal?.aborted) throw aborted(signal)
      if (performance.now() >= deadline && missing) throw timedOut(present(timeout))
    }
  } finally {
    engine.cancel(request)
  }
  if (failures.length) throw failures[0]
  return results
}
