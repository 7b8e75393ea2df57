import { closeSync, openSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'

/** Parses the path of an output file, or refuses it before any measurement. */
export function writable(path: string): string {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be written: ${(error as Error).message}.`)
  }
  return path
}
