import { GlassformerError } from '../errors.ts'
import type { Engine } from './engine.ts'
import type { JobOptions } from './options.ts'
import { atItem } from './request.ts'
import type { Source, Translation } from './translation.ts'

/** Takes all the steps that these sources need, on this thread. */
export function translateSync(engine: Engine, sources: readonly Source[], options: JobOptions): Translation[] {
  const group = {}
  const translations: Translation[] = new Array(sources.length)
  const failures: unknown[] = []
  const named = (error: unknown, i: number) =>
    error instanceof GlassformerError ? atItem(error, i, sources.length) : error
  sources.forEach((source, i) => {
    const done = (translation: Translation) => {
      translations[i] = translation
    }
    const fail = (error: unknown) => failures.push(named(error, i))
    try {
      engine.add({ group, source, options, done, fail })
    } catch (error) {
      engine.cancel(group)
      throw named(error, i)
    }
  })
  while (engine.busy) engine.step()
  if (failures.length) throw failures[0]
  return translations
}
