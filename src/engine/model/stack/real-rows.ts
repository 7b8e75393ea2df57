import { linear } from '../../program/ops/linear.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { SourceInputs } from '../layers/embedding.ts'
import { dropped } from '../layers/layers.ts'

/**
 * A source with rows of real numbers among its tokens (the modality net of MultiModel, Kaiser et al. 2017, in its smallest form): a linear
 * W v takes the place of the embedding. Bound are `source.rows` [S, rowWidth], zeros where a token stands; a row of numbers has the token −1,
 * whose embedding is zeros. Its position is added to it as to any token.
 */
export function withRealRows(
  p: Program,
  tokens: SourceInputs,
  rowWidth: number,
  { dModel }: ModelConfig,
): SourceInputs {
  const rows = p.input('source.rows', 'S', rowWidth)
  return {
    embedded() {
      const embedded = tokens.embedded()
      return p.within('rows', () => {
        const weight = p.parameter('weight', { rows: dModel, width: rowWidth, role: 'rows' })
        return dropped(p, linear(p, { x: rows, weight }, { activation: 'none', scale: 1 })[0], embedded)
      })
    },
    attended: () => tokens.attended(),
  }
}
