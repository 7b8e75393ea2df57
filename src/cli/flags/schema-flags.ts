import { type Command, InvalidArgumentError, Option } from 'commander'
import { defaultInWords } from '../../base/schema/docs.ts'
import type { Schema, Setting, Values } from '../../base/schema/settings.ts'

type CamelCase<S> = S extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : S
type Name<Flag> = Flag extends `${string}--${infer Long} ${string}`
  ? CamelCase<Long>
  : Flag extends `${string}--${infer Long}`
    ? CamelCase<Long>
    : never

/** The values of a schema's flags, by the names that commander derives from the flags. */
export type Flagged<S extends Schema> = {
  [K in keyof S as S[K] extends { flag: infer Flag } ? Name<Flag> : never]?: NonNullable<Values<S>[K & keyof Values<S>]>
}

/** The flag of a setting, with its help and its check. A setting without a default is a required flag. */
function optionOf(flag: string, setting: Setting): Option {
  const { type, says } = setting
  const byDefault = defaultInWords(setting)
  const hasValue = /[<[]/.test(flag)
  const words = withoutLinks(flag.startsWith('--no-') && !hasValue ? offOf(setting) : says)
    .replaceAll('`', '')
    .replace(/ \*$/, '')
  if (!hasValue) return new Option(flag, words)
  const option = new Option(
    flag,
    byDefault === null || byDefault === 'not set' ? words : `${words} (default: ${byDefault})`,
  )
  option.negate = false // --no-speech-threshold has a value, and is not the opposite of another flag
  if (byDefault === null) option.makeOptionMandatory()
  if (type.choices) return option.choices(type.choices.map(String))
  return option.argParser((text: string) => {
    const value = type.parse?.(text)
    if (value !== undefined) return value
    const refusing = type.within?.parse?.(text) === undefined ? (type.within ?? type) : type
    throw new InvalidArgumentError(`It must be ${refusing.expected}.`)
  })
}

/** Words without their links to pages of docs/: those after a semicolon are left out, others are words. */
const withoutLinks = (words: string) =>
  words.replace(/; \[[^\]]+\]\([^)]+\)/g, '').replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')

function offOf({ flag, off }: Setting): string {
  if (off === undefined) throw new Error(`${flag} has no words of its own`)
  return off
}

const flagged = (schema: Schema) =>
  Object.entries(schema).flatMap(([name, setting]) =>
    setting.flag === undefined ? [] : [{ name, option: optionOf(setting.flag, setting) }],
  )

/** The default of flags whose setting the model's folder has. */
export const AS_THE_MODEL_SAYS = 'what the model says'

/** The heading of such flags, which says it once. */
export const SEARCH_HEADING = `Search (default: ${AS_THE_MODEL_SAYS}):`

/** Adds to a command the flags of all settings that have one, in their order; in long helps under a heading. */
export function addFlags(command: Command, schema: Schema, heading?: string): Command {
  for (const { option } of flagged(schema)) {
    if (heading !== undefined) option.helpGroup(heading)
    if (heading === SEARCH_HEADING)
      option.description = option.description.replace(` (default: ${AS_THE_MODEL_SAYS})`, '')
    command.addOption(option)
  }
  return command
}

/** The settings of a schema that the user has given to a command, by their own names. */
export function givenBy(schema: Schema, options: object): Record<string, unknown> {
  const values = options as Record<string, unknown>
  return Object.fromEntries(
    flagged(schema).flatMap(({ name, option }) => {
      const value = values[option.attributeName()]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
