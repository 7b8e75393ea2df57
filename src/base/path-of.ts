import { fileURLToPath } from 'node:url'
import { GlassformerError, messageOf, shown } from './errors.ts'

const refuse = (what: string): never => {
  throw new GlassformerError('ERR_OPTION', what)
}

/** `what` is the name of the value in messages, 'the model folder' for instance. */
export function checkPath(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(`${what} must be a path, not ${shown(value)}`)
}

/** The file system path for a path or `file:` URL. @throws GlassformerError ERR_OPTION */
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

/** The href of a URL of any realm. */
function hrefOf(value: unknown): string | undefined {
  try {
    const { href, protocol } = value as URL
    return typeof href === 'string' && typeof protocol === 'string' ? href : undefined
  } catch {
    return undefined // the value is null, or throws when it is read
  }
}
