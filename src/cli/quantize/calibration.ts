import { GlassformerError } from '../../base/errors.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import { quantizeInt4 } from '../../engine/weights/int4.ts'
import { calibratedInt4 } from '../../engine/weights/int4-calibration.ts'
import { loadFolder } from '../../files/folders/load.ts'
import type { Int4Rounding } from '../../files/folders/tensors/quantized.ts'
import { createTokenizer } from '../../files/folders/tokenizers/create-tokenizer.ts'
import { InputProducts } from '../../learn/train/step/input-products.ts'
import type { Lines, TableRow } from '../lines/test-set.ts'
import { openProgress } from '../terminal/progress.ts'

/** Pairs that one run of the program reads. */
const TOGETHER = 16

/** Longer sources and targets are left out. */
const LONGEST = 256

/**
 * How matrices of a model are rounded to int4, by the inputs that they have while the model reads the pairs of a table with the first reference of
 * each. @throws GlassformerError ERR_INPUT where no pair can be read
 */
export async function calibratedRounding(
  model: string,
  { path, lines }: Lines<TableRow>,
  {
    backend = 'auto',
    progress: asked,
  }: { backend?: Parameters<typeof createPlayer>[0]['backend']; progress?: boolean },
): Promise<Int4Rounding> {
  const player = createPlayer({ backend, threads: 2 })
  try {
    const { weights, tokenizer: files } = loadFolder(model, { precision: 'float32', packing: player.packing })
    const tokenizer = createTokenizer(files)!
    const pairs = lines
      .map(({ source, references }) => ({
        source: tokenizer.encode(source),
        target: tokenizer.encodeTarget(references[0]),
      }))
      .filter(({ source, target }) => Math.max(source.length, target.length) <= LONGEST)
    if (!pairs.length) throw new GlassformerError('ERR_INPUT', `${path} has no pair of at most ${LONGEST} tokens`)
    const products = new InputProducts(player, weights)
    const progress = await openProgress(asked, pairs.length, 'sentence')
    for (let i = 0; i < pairs.length; i += TOGETHER) {
      const some = pairs.slice(i, i + TOGETHER)
      products.add(some)
      progress.reached(i + some.length, i + some.length)
      await new Promise(setImmediate)
    }
    progress.end()
    return (parameter, values, rows) => {
      const inputs = products.of(parameter)
      return inputs ? calibratedInt4(values, rows, inputs) : quantizeInt4(values, rows)
    }
  } finally {
    player.close()
  }
}
