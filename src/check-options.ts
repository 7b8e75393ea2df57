import { fileURLToPath } from 'node:url'
import { didYouMean } from './did-you-mean.ts'
import { GlassformerError, messageOf, shown } from './errors.ts'

/** @throws GlassformerError ERR_OPTION */
export const refuse = (what: string): never => {
  throw new GlassformerError('ERR_OPTION', what)
}

/** @throws GlassformerError ERR_OPTION where the options are no object, or an option, which may be inherited, has an unknown name */
export function checkNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return refuse(`options must be an object, not ${shown(options)}`)
  for (const name in options)
    if (!names.includes(name))
      refuse(`unknown option '${name}': the options are ${names.join(', ')}${didYouMean(name, names)}`)
}

export function checkPositiveInteger(name: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    refuse(`option '${name}' must be an integer of at least 1, not ${shown(value)}`)
}

export function checkOneOf(name: string, value: unknown, values: readonly string[]): void {
  if (!values.includes(value as string))
    refuse(
      `option '${name}' must be ${values.map((each) => `'${each}'`).join(' or ')}, not ${shown(value)}${didYouMean(value, values)}`,
    )
}

/** `what` is the name of the value in messages, 'the model folder' for instance. */
export function checkPath(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(`${what} must be a path, not ${shown(value)}`)
}

/** The path that a caller means by a path or a `file:` URL. @throws GlassformerError ERR_OPTION */
export function pathOf(what: string, value: string | URL): string {
  const href = hrefOf(value)
  if (href === undefined) {
    checkPath(what, value)
    return value as string
  }
  try {
    return fileURLToPath(href)
  } catch (cause) {
    return refuse(`${what} must be a path or a URL of a file, not ${shown(href)}: ${messageOf(cause)}`)
  }
}

/** The href of a URL, from whatever realm. */
function hrefOf(value: unknown): string | undefined {
  try {
    const { href, protocol } = value as URL
    return typeof href === 'string' && typeof protocol === 'string' ? href : undefined
  } catch {
    return undefined // the value is null, or throws when it is read
  }
}
