import { InvalidArgumentError } from 'commander'

/** Parses an option's value, or refuses it as wrong usage. */
export function positive(text: string): number {
  const value = Number(text)
  if (!text.trim() || !(value > 0 && value < Infinity)) throw new InvalidArgumentError('It must be a positive number.')
  return value
}
