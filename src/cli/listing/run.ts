import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import { isDecoderOnly, type ModelConfig, sourceEndOf } from '../../engine/model/config/config.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import type { Program } from '../../engine/program/program.ts'
import { afterStart } from '../../language/text/tokenizer/tokenizer.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import type { ListingCommandOptions } from './options.ts'

/** Approximate duration of a profile in seconds. */
const PROFILE_SECONDS = 0.5

/** The number of source tokens in a profile without a text: a sentence of usual length. */
const USUAL_LENGTH = 20

/** `glassformer listing`: the program alone, or as a translation binds it. */
export function showListing(command: ListingCommandOptions): void {
  const { part: _, model, text, length, profile, beams, shortlist, json, ...how } = command
  const generation = { beams, shortlist }
  const inspector = ModelInspector.load(model, how)
  const part = command.part ?? (isDecoderOnly(inspector.weights.config) ? 'step' : 'encoder')
  try {
    const program = inspector.program(part, generation)
    if (json && !profile) return console.log(JSON.stringify(programJson(program)))
    if (!text && !profile && length === undefined) return console.log(program.toString())
    const sources = text?.map((each) => encode(each, inspector)) ?? [someIds(inspector.weights.config)]
    const play = { sources, length, generation }
    if (!profile) return console.log(inspector.listing(part, play))
    const { listing, plays, times } = inspector.profile(part, play, PROFILE_SECONDS)
    if (json) return console.log(JSON.stringify({ ...programJson(program, times), plays }))
    console.log(`${listing}\ntimes: medians of ${counted(plays, 'run')}`)
  } finally {
    inspector.close()
  }
}

function encode(text: string, { tokenizer, weights: { config } }: ModelInspector): number[] {
  const isAlone = isDecoderOnly(config)
  const encoded = tokenizer.encode(text, { special: !isAlone })
  const ids = isAlone ? afterStart(config.ids.sourceStart, encoded) : encoded
  if (!ids.length) throw new GlassformerError('ERR_INPUT', 'an empty text has no tokens: there is nothing to play')
  return ids
}

/**
 * Ids spread over the whole vocabulary. The time depends on the distance between their embeddings in memory, and not on
 * the ids themselves.
 */
function someIds({ maxLength, sourceVocabulary, ids: special }: ModelConfig): number[] {
  const end = sourceEndOf(special)
  const count = Math.min(USUAL_LENGTH, maxLength) - 1
  const ids = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) / count) * sourceVocabulary))
  return end === null ? ids : [...ids, end]
}

/** A program as JSON; rows are symbols, as they are bound at each run. */
const programJson = ({ name, instructions }: Program, times?: ArrayLike<number>) => ({
  name,
  instructions: instructions.map(({ op, path, inputs, outputs, attributes }, i) => ({
    op: op.name,
    path,
    inputs: Object.fromEntries(
      op.inputs.map((input, k) => [input.replace('?', ''), inputs[k] && tensorJson(inputs[k])]),
    ),
    outputs: outputs.map(tensorJson),
    attributes,
    ...(times && { seconds: times[i] }),
  })),
})

const tensorJson = ({ name, rows, width, dtype, encoding }: Tensor) => ({ name, rows, width, dtype, encoding })
