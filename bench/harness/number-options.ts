import { InvalidArgumentError } from 'commander'

/** Parses an option's value, or reports it as wrong usage. */
export function positive(text: string): number {
  const value = Number(text)
  if (!text.trim() || !(value > 0 && value < Infinity)) throw new InvalidArgumentError('It must be a positive number.')
  return value
}

/** The same for a whole number of at least 1. */
export function natural(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !(value >= 1)) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}
