import { didYouMean } from '../did-you-mean.ts'
import { type ErrorCode, GlassformerError, shown, shownJson } from '../errors.ts'

/** The place where settings are found; it decides how messages name settings, and the code of errors. */
export interface Place {
  /** Checks that the value is an object of settings and returns it. */
  object(given: unknown): Record<string, unknown>
  /** Whether a value counts as left out. */
  isAbsent(value: unknown): boolean
  /** Throws for a wrong value. `choices` lists the allowed values, where there is a list. */
  fail(name: string, expected: string, value: unknown, choices?: readonly unknown[]): never
  unknown(name: string, known: readonly string[]): never
  /** Throws for settings that do not go together; `what` is the message. */
  refuse(what: string): never
  /** The place of the settings nested in the setting `name`. */
  within(name: string): Place
}

interface OfOptions {
  code: ErrorCode
  /** Prefix of each message. */
  before: string
  /** Prefix of the option names ('tokenizer.'; '' at the top level). */
  path: string
}

function optionsAt({ code, before, path }: OfOptions): Place {
  const refuse = (what: string): never => {
    throw new GlassformerError(code, before + what)
  }
  const nameOf = (name: string) => `option '${path}${name}'`
  const whole = path ? `option '${path.slice(0, -1)}'` : 'options'
  return {
    object: (given) => (isObject(given) ? given : refuse(`${whole} must be an object, not ${shown(given)}`)),
    isAbsent: (value) => value === undefined,
    fail: (name, expected, value, choices) =>
      refuse(`${nameOf(name)} must be ${expected}, not ${shown(value)}${didYouMean(value, texts(choices))}`),
    unknown: (name, known) =>
      refuse(`unknown ${nameOf(name)}: the options are ${known.join(', ')}${didYouMean(name, known)}`),
    refuse,
    within: (name) => optionsAt({ code, before, path: `${path}${name}.` }),
  }
}

/** Options of a call: ERR_OPTION; undefined counts as left out, and options may be inherited. */
export const inOptions: Place = optionsAt({ code: 'ERR_OPTION', before: '', path: '' })

/** Options derived from settings that the file `where` has in another form: ERR_MODEL_FORMAT. */
export const optionsFrom = (where: string): Place =>
  optionsAt({ code: 'ERR_MODEL_FORMAT', before: `${where}: `, path: '' })

interface OfObject {
  where: string
  code: ErrorCode
  /** Prefix of the names in the object ('encoder.'; '' at the top level). */
  path: string
  isAbsent(value: unknown): boolean
  show(value: unknown): string
}

function objectAt(of: OfObject): Place {
  const { where, code, path, isAbsent, show } = of
  const group = path.slice(0, -1)
  const refuse = (what: string): never => {
    throw new GlassformerError(code, `${where}: ${what}`)
  }
  const wrong = (expected: string, value: unknown) =>
    value === undefined ? `is missing; it must be ${expected}` : `must be ${expected}, not ${show(value)}`
  return {
    object: (given) => (isObject(given) ? given : refuse(`${group || 'the whole'} ${wrong('an object', given)}`)),
    isAbsent,
    fail: (name, expected, value, choices) =>
      refuse(`${path}${name} ${wrong(expected, value)}${didYouMean(value, texts(choices))}`),
    unknown: (name, known) =>
      refuse(`unknown key ${path}${name}; known here: ${known.join(', ')}${didYouMean(name, known)}`),
    refuse: (what) => refuse(group ? `${group}: ${what}` : what),
    within: (name) => objectAt({ ...of, path: `${path}${name}.` }),
  }
}

/**
 * An object of the JSON file `where`, at `path` in the file ('encoder.'; '' at the top level); null counts as left out.
 */
export const inFile = (where: string, code: ErrorCode = 'ERR_MODEL_FORMAT', path = ''): Place =>
  objectAt({ where, code, path, isAbsent: (value) => value === undefined || value === null, show: shownJson })

/** An object in memory, which `where` names. */
export const inMemory = (where: string, code: ErrorCode = 'ERR_MODEL_FORMAT'): Place =>
  objectAt({ where, code, path: '', isAbsent: (value) => value === undefined, show: shown })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const texts = (choices: readonly unknown[] = []): string[] => choices.filter((each) => typeof each === 'string')
