import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { atIndex, timedOut } from '../../../workers/requests/submit.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Engine } from '../sentences/engine.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** Translates these sources on this thread, and returns after all steps. */
export function translateSync(
  engine: Engine,
  sources: readonly Source[],
  options: ResolvedTranslateOptions,
  { timeout }: Pick<Scheduling, 'timeout'> = {},
): Translation[] {
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout
  const request = {}
  const translations: Translation[] = new Array(sources.length)
  const failures: unknown[] = []
  const named = (error: unknown, i: number) =>
    error instanceof GlassformerError ? atIndex(error, i, sources.length) : error
  sources.forEach((source, i) => {
    const done = (translation: Translation) => {
      translations[i] = translation
    }
    const fail = (error: unknown) => failures.push(named(error, i))
    try {
      engine.add({ request, source, options, done, fail })
    } catch (error) {
      engine.cancel(request)
      throw named(error, i)
    }
  })
  while (engine.busy) {
    engine.step()
    if (performance.now() < deadline || !engine.busy) continue
    engine.cancel(request)
    throw timedOut(present(timeout))
  }
  if (failures.length) throw failures[0]
  return translations
}
