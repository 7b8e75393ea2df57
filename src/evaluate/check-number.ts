import { refuse } from '../check-options.ts'
import { shown } from '../errors.ts'

/** Largest order, weight and smoothing: beyond it a typing mistake is likelier than a purpose. */
const MOST = 100

export function checkWhole(name: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > MOST)
    refuse(`option '${name}' must be a whole number from ${least} to ${MOST}, not ${shown(value)}`)
}

export function checkPositive(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0 && value <= MOST))
    refuse(`option '${name}' must be a number above 0, at most ${MOST}, not ${shown(value)}`)
}
