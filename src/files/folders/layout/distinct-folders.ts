import { existsSync, realpathSync } from 'node:fs'
import { GlassformerError } from '../../../base/errors.ts'

/** @throws GlassformerError ERR_OPTION where both paths are the same folder */
export function checkApart(from: string, to: string): void {
  if (existsSync(from) && existsSync(to) && realpathSync(from) === realpathSync(to))
    throw new GlassformerError('ERR_OPTION', `${to} cannot be converted onto itself: give another folder`)
}
