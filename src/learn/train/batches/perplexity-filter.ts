import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import { ForcedDecoder } from '../../../engine/decode/teacher-forced.ts'
import { isDecoderOnly } from '../../../engine/model/config/config.ts'
import { createPlayer } from '../../../engine/program/create-player.ts'
import { hasFile, readBytes } from '../../../formats/disk/read-file.ts'
import { replaceFile } from '../../../formats/disk/replace-file.ts'
import { readModel, type TextModel } from '../models/kept-model.ts'
import type { Pair } from '../pairs/corpus.ts'

/** Which pairs are improbable: a model that goes on with texts, and the highest perplexity of a target that it accepts. */
export interface PerplexityFilter {
  model: string
  most: number
}

/** Pairs without improbable ones, and how many of these there are. */
export interface Filtered {
  pairs: AsyncIterable<Pair>
  improbable: number
}

/** The pairs that are scored at once. */
const AT_ONCE = 32
const FILE = 'perplexity.bin'

/**
 * Leaves out pairs whose target the model finds improbable. The pairs are scored once; `folder` keeps which are left out, a byte each, for
 * later passes and for a resumed run.
 * @throws GlassformerError ERR_OPTION for a model that does not go on with texts; the errors of loading it and of reading pairs
 */
export async function withoutImprobable(
  pairs: AsyncIterable<Pair>,
  { model, most }: PerplexityFilter,
  folder: string,
): Promise<Filtered> {
  const path = join(folder, FILE)
  if (!hasFile(path)) {
    const judge = readModel(model, join(folder, 'judge'))
    if (!isDecoderOnly(judge.weights.config))
      throw new GlassformerError(
        'ERR_OPTION',
        `${model} has an encoder: a model that goes on with texts tells perplexities`,
      )
    replaceFile(path, [await judged(pairs, judge, most)])
  }
  const isLeftOut = readBytes(path, { what: 'it', most: Number.MAX_SAFE_INTEGER, code: 'ERR_FILE' })
  return {
    improbable: isLeftOut.reduce((sum, each) => sum + each, 0),
    pairs: {
      async *[Symbol.asyncIterator]() {
        let i = 0
        for await (const pair of pairs) if (!isLeftOut[i++]) yield pair
      },
    },
  }
}

/** For each pair 1 where it is improbable. */
async function judged(pairs: AsyncIterable<Pair>, judge: TextModel, most: number): Promise<Uint8Array> {
  const player = createPlayer({ backend: 'auto', threads: 1 })
  try {
    const decoder = new ForcedDecoder(player, judge.weights)
    const found: number[] = []
    let some: TokenPair[] = []
    const score = () => {
      const scored = decoder.score(some.filter(({ target }) => target.length))
      for (const { target } of some) {
        const scores = target.length ? present(scored.shift()) : new Float32Array(0)
        const loss = -scores.reduce((sum, each) => sum + each, 0) / Math.max(1, target.length)
        found.push(Math.exp(loss) > most ? 1 : 0)
      }
      some = []
    }
    for await (const { target } of pairs) {
      some.push(textOf(target, judge))
      if (some.length === AT_ONCE) score()
    }
    score()
    return Uint8Array.from(found)
  } finally {
    player.close()
  }
}

/** A text as the model reads it, without its end, and cut to the longest that it reads. */
function textOf(text: string, { tokenizer, weights: { config } }: TextModel): TokenPair {
  const { ids, maxLength } = config
  const own = tokenizer.encode(text, { special: false })
  const whole = ids.sourceStart === undefined ? own : [ids.sourceStart, ...own]
  return { source: whole.slice(0, 1), target: whole.slice(1, maxLength + 1) }
}
