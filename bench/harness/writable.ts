import { closeSync, openSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'

/** Parses the path of a file to be written at the end, or refuses it before anything is measured. */
export function writable(path: string): string {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be written: ${(error as Error).message}.`)
  }
  return path
}
