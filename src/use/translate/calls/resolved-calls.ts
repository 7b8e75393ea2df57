import type { TranslateOptions } from '../options.ts'
import { readScheduling, schedulingSettings } from '../pool/scheduling.ts'
import type { ResolvedCall } from './resolve-translate-options.ts'

/** Largest number of option objects that are remembered. */
const MOST = 64

/**
 * Cache of checked options. Checking sixty options takes longer than everything else that a call with one sentence does
 * on the calling thread.
 */
export class ResolvedCalls {
  readonly #resolve: (options: TranslateOptions) => ResolvedCall
  readonly #known = new Map<string, ResolvedCall>()

  constructor(resolve: (options: TranslateOptions) => ResolvedCall) {
    this.#resolve = resolve
  }

  /** @throws GlassformerError as `resolve` */
  of(options: TranslateOptions): ResolvedCall {
    const key = keyOf(options)
    const known = key === null ? undefined : this.#known.get(key)
    if (known) {
      const { signal, timeout, priority, client } = options
      return { ...known, scheduling: readScheduling({ signal, timeout, priority, client }) }
    }
    const resolved = this.#resolve(options)
    if (key === null) return resolved
    if (this.#known.size === MOST) this.#known.clear()
    this.#known.set(key, resolved)
    return resolved
  }
}

/** A key for the options without the scheduling options; null if they hold objects, which may change. */
function keyOf(options: TranslateOptions): string | null {
  try {
    const said: unknown[] = []
    for (const name in options) {
      if (Object.hasOwn(schedulingSettings, name)) continue
      const value = options[name as keyof TranslateOptions]
      if (typeof value === 'object' && value !== null) return null
      said.push(name, typeof value, String(value))
    }
    return typeof options === 'object' && options !== null ? JSON.stringify(said) : null
  } catch {
    return null // whoever reads them next says why
  }
}
