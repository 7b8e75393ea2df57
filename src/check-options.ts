import { didYouMean } from './did-you-mean.ts'
import { GlassformerError, shown } from './errors.ts'

/** @throws GlassformerError ERR_OPTION */
export const refuse = (what: string): never => {
  throw new GlassformerError('ERR_OPTION', what)
}

/** @throws GlassformerError ERR_OPTION where the options are no object, or one, which may be inherited, has another name */
export function checkNames(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return refuse(`options must be an object, not ${shown(options)}`)
  for (const name in options)
    if (!names.includes(name))
      refuse(`unknown option '${name}': the options are ${names.join(', ')}${didYouMean(name, names)}`)
}

export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') refuse(`option '${name}' must be true or false, not ${shown(value)}`)
}

/** `or`: what else it may be. */
export function checkPositiveInteger(name: string, value: unknown, or = ''): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    refuse(`option '${name}' must be ${or}an integer of at least 1, not ${shown(value)}`)
}

export function checkOneOf(name: string, value: unknown, values: readonly string[]): void {
  if (!values.includes(value as string))
    refuse(
      `option '${name}' must be ${values.map((each) => `'${each}'`).join(' or ')}, not ${shown(value)}${didYouMean(value, values)}`,
    )
}

export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse(`option 'signal' must be an AbortSignal, not ${shown(signal)}`)
}

/** `what`: 'the model folder' for instance. */
export function checkPath(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(`${what} must be a path, not ${shown(value)}`)
}
