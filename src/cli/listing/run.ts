import { resolveOptions } from '../../decode/options.ts'
import { GlassformerError } from '../../errors.ts'
import { loadFolder } from '../../folders/load.ts'
import type { LoadedModel } from '../../folders/loaded-model.ts'
import { modelFolder } from '../../folders/model-folder.ts'
import { createTokenizer } from '../../folders/tokenizer-files.ts'
import { playPart, profile, programOf } from '../../inspect/parts.ts'
import { counted } from '../../number-text.ts'
import { createPlayer } from '../../program/create-player.ts'
import { checkShortlist, resolveLoadOptions } from '../../translate/options.ts'
import { mostThreads } from '../../translate/threads.ts'
import { wantsPanels } from '../../weights/precision.ts'
import type { ListingCommandOptions } from './options.ts'

/** How long a profile takes, about. */
const PROFILE_SECONDS = 0.5

/** Tokens of the source that is profiled where no text is given: a sentence of usual length. */
const USUAL_LENGTH = 20

/** `glassformer listing`: the program alone, or as a translation binds it. */
export function showListing({
  part,
  model: named,
  text,
  length,
  beams,
  shortlist,
  ...command
}: ListingCommandOptions): void {
  const { backend, threads = 1, precision } = command
  const asked = resolveLoadOptions({ backend, threads, precision })
  const player = createPlayer({ backend: asked.backend, threads: mostThreads(asked.threads) })
  try {
    const model = loadFolder(modelFolder(named), {
      precision: asked.precision,
      panels: wantsPanels(player.info),
      packing: player.packing,
    })
    const options = resolveOptions({ beams, shortlist }, model.generation)
    checkShortlist(options, model.path, model.shortlist !== null)
    const program = programOf(part, model.weights, options)
    const bind = text !== undefined || command.profile || length !== undefined
    if (!bind) return console.log(program.toString())

    const sources = text ? encode(text, model) : [someIds(model)]
    const play = playPart(part, player, model.weights, {
      sources,
      options,
      length: length ?? 1,
      shortlist: model.shortlist,
    })
    const measured = command.profile && profile(play, PROFILE_SECONDS)
    console.log(program.toString({ ...play, times: measured?.times }, player.info))
    if (measured) console.log(`times: medians of ${counted(measured.plays, 'play')}`)
  } finally {
    player.close()
  }
}

function encode(texts: readonly string[], model: LoadedModel): number[][] {
  const tokenizer = createTokenizer(model.tokenizer)
  if (!tokenizer) throw new GlassformerError('ERR_INPUT', `${model.path} has no tokenizer: leave --text out`)
  return texts.map((text) => {
    const ids = tokenizer.encode(text)
    if (!ids.length) throw new GlassformerError('ERR_INPUT', 'an empty text has no tokens: there is nothing to play')
    return ids
  })
}

/** Ids from all over the vocabulary: times do not depend on which they are, but on how far apart their embeddings lie. */
function someIds({ config }: LoadedModel): number[] {
  const count = Math.min(USUAL_LENGTH, config.maxLength) - 1
  const ids = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) / count) * config.sourceVocabulary))
  return [...ids, config.ids.end]
}
