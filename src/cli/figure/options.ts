import { extname } from 'node:path'
import { some } from '../../base/schema/settings.ts'
import type { FigureName, figureSettings } from '../../trace/figure/options.ts'
import { playFlags, searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The options that choose the translation whose trace is drawn, and the backend that runs the model. */
export const traceFlags = { ...some(searchFlags, 'beams'), ...playFlags }

/** The arguments and flags of `glassformer figure`. */
export interface FigureCommandOptions extends Flagged<typeof figureSettings>, Flagged<typeof traceFlags> {
  model?: string
  /** The target text that the decoder reads in place of the model's own translation. */
  target?: string
  /** A file, or '-': standard output. */
  output: string
}

/** Figures that can be drawn without a sentence. */
export const withoutSource = (name: FigureName, encoding: string | undefined): boolean =>
  name === 'architecture' || (name === 'positions' && encoding !== 'own')

export const isPng = (output: string): boolean => extname(output).toLowerCase() === '.png'
