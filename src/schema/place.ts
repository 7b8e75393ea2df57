import { didYouMean } from '../did-you-mean.ts'
import { type ErrorCode, GlassformerError, shown, shownJson } from '../errors.ts'

/** The place of settings, which decides how messages name them, and the code of errors. */
export interface Place {
  /** Reads the settings themselves. */
  object(given: unknown): Record<string, unknown>
  /** Whether a value counts as left out. */
  isAbsent(value: unknown): boolean
  /** Throws for a wrong value. `choices` are the values that the setting may have, where they can be listed. */
  fail(name: string, expected: string, value: unknown, choices?: readonly unknown[]): never
  unknown(name: string, known: readonly string[]): never
}

/** Options of a call, whose errors are ERR_OPTION. Undefined counts as left out, and options may be inherited. */
export const inOptions: Place = {
  object(given) {
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw new GlassformerError('ERR_OPTION', `options must be an object, not ${shown(given)}`)
    return given as Record<string, unknown>
  },
  isAbsent: (value) => value === undefined,
  fail(name, expected, value, choices) {
    const what = `option '${name}' must be ${expected}, not ${shown(value)}`
    throw new GlassformerError('ERR_OPTION', what + didYouMean(value, texts(choices)))
  },
  unknown(name, known) {
    throw new GlassformerError(
      'ERR_OPTION',
      `unknown option '${name}': the options are ${known.join(', ')}${didYouMean(name, known)}`,
    )
  },
}

/** An object at `path` of the JSON file `where` ('encoder.'; '' for the whole); null counts as left out. */
export function inFile(where: string, code: ErrorCode = 'ERR_MODEL_FORMAT', path = ''): Place {
  const refuse = (what: string): never => {
    throw new GlassformerError(code, `${where}: ${what}`)
  }
  return {
    object(given) {
      if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>
      const name = path.slice(0, -1) || 'the whole'
      const wrong =
        given === undefined ? 'is missing; it must be an object' : `must be an object, not ${shownJson(given)}`
      return refuse(`${name} ${wrong}`)
    },
    isAbsent: (value) => value === undefined || value === null,
    fail: (name, expected, value, choices) =>
      refuse(
        value === undefined
          ? `${path}${name} is missing; it must be ${expected}`
          : `${path}${name} must be ${expected}, not ${shownJson(value)}${didYouMean(value, texts(choices))}`,
      ),
    unknown: (name, known) =>
      refuse(`unknown key ${path}${name}; known here: ${known.join(', ')}${didYouMean(name, known)}`),
  }
}

const texts = (choices: readonly unknown[] = []): string[] => choices.filter((each) => typeof each === 'string')
