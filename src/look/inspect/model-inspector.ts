import { availableParallelism } from 'node:os'
import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read, type Values } from '../../base/schema/settings.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import { type GenerationOptions, generationDefaults, resolveOptions } from '../../engine/decode/settings/options.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { type AttentionWeights, ForcedDecoder } from '../../engine/decode/teacher-forced.ts'
import { chosenBackend } from '../../engine/program/chosen-backend.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import type { Program } from '../../engine/program/program.ts'
import { wantsPanels } from '../../engine/weights/precision.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { checkSupported } from '../../files/folders/generation/unsupported-setting.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { createTokenizer, tokensAlone } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { takesTexts } from '../../files/folders/tokenizers/tokenizer-files.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { resolveTraceOptions, type TraceOptions } from '../../trace/options.ts'
import { tracing } from '../../trace/tracing.ts'
import { checkShortlist, ownSource } from '../../use/translate/calls/index.ts'
import { beginningWith, languageCodes, SentenceIds } from '../../use/translate/sentences/index.ts'
import { TextTokenizer } from '../../use/translate/text-tokenizer.ts'
import type { Source } from '../../use/translate/translation/translation.ts'
import { aborted } from '../../workers/index.ts'
import {
  type InspectFolderOptions,
  type InspectOptions,
  inspectFolderSettings,
  inspectSettings,
  type Part,
  partSettings,
} from './options.ts'
import { playPart, profile, programOf } from './parts.ts'
import type { RecordedPlay } from './recording-player.ts'

/** One run of a part, as in a translation. */
export interface PartPlay {
  /** Sources as ids, each with its end. */
  sources: readonly number[][]
  /** For 'step': the number of tokens that the rows attend to, their own included. Default 1. */
  length?: number
  /** Default: the options in the model's folder. */
  generation?: Partial<GenerationOptions>
}

/** A listing with the time of each instruction. */
export interface Profile {
  /** The program, a line for each instruction, with its seconds. */
  listing: string
  /** Seconds of each instruction, the median of all runs. */
  times: Float64Array
  plays: number
}

/**
 * Inspects a model: its programs, any intermediate value by its name, and the time of each instruction. Everything runs
 * in the calling thread.
 */
export class ModelInspector {
  readonly weights: Weights
  /** The backend; it can also compute training steps. */
  readonly player: Player
  /** Text to ids and back. Where the model has no tokenizer, as for weights in memory, its methods throw ERR_INPUT. */
  readonly tokenizer: TextTokenizer
  readonly #model: InspectedModel
  readonly #newPlayer: () => Player
  readonly #forced: ForcedDecoder
  /** Created at the first use; null before. */
  #tokenizer: Tokenizer | null = null

  private constructor(player: Player, newPlayer: () => Player, model: InspectedModel) {
    this.weights = model.weights
    this.player = player
    this.tokenizer = new TextTokenizer(() => this.#needTokenizer(), model.path)
    this.#model = model
    this.#newPlayer = newPlayer
    this.#forced = new ForcedDecoder(player, model.weights)
  }

  /**
   * Creates an inspector of weights in memory. They take ids, unless `folder` has the other contents of a model folder.
   * @throws GlassformerError ERR_OPTION; ERR_BACKEND where 'native' cannot be loaded
   */
  static of(weights: Weights, options: InspectOptions = {}, folder: Partial<FolderOfModel> = {}): ModelInspector {
    const how = read(inspectSettings, options, inOptions)
    const newPlayer = () => playerOf(how)
    const model = {
      path: 'the model in memory',
      name: 'in memory',
      weights,
      generation: generationDefaults,
      unsupported: [],
      tokenizer: { kind: 'none' },
      shortlist: null,
      ...folder,
    } as const satisfies InspectedModel
    return new ModelInspector(newPlayer(), newPlayer, model)
  }

  /**
   * Creates an inspector of a model folder, by default of the embedded model. @throws GlassformerError as `of`, and the
   * errors of loading a folder
   */
  static load(folder?: string | URL, options: InspectFolderOptions = {}): ModelInspector {
    const { precision, tokenizer, ...how } = read(inspectFolderSettings, options, inOptions)
    const path = modelFolder(folder)
    const player = playerOf(how)
    try {
      return new ModelInspector(
        player,
        () => playerOf(how, player.home),
        loadFolder(path, { precision, tokenizer, panels: wantsPanels(player.info), packing: player.packing }),
      )
    } catch (error) {
      player.close()
      throw error
    }
  }

  /** How many hypotheses the model's folder lets a search keep. */
  get beams(): number {
    return this.#model.generation.beams
  }

  /** The program of a part, whose `toString()` is its listing. @throws GlassformerError ERR_OPTION */
  program(part: Part, generation: Partial<GenerationOptions> = {}): Program {
    read(partSettings, { part }, inOptions)
    return programOf(part, this.weights, this.#options(generation))
  }

  /**
   * The listing of a part: a line for each instruction with op, operands, shapes and FLOPs; with `play`, the shapes of
   * that run.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT_TOO_LONG
   */
  listing(part: Part, play?: PartPlay): string {
    if (!play) return this.program(part).toString()
    return this.program(part, play.generation).toString(this.#play(part, play), this.player.info)
  }

  /**
   * Runs a part repeatedly for about `seconds`, at least five times. @throws GlassformerError ERR_OPTION,
   * ERR_INPUT_TOO_LONG
   */
  profile(part: Part, play: PartPlay, seconds = 0.5): Profile {
    const played = this.#play(part, play)
    const { times, plays } = profile(played, seconds)
    return {
      listing: this.program(part, play.generation).toString({ ...played, times }, this.player.info),
      times,
      plays,
    }
  }

  /**
   * The values of computed tensors by their names in the listing of part 'forced' ('encoder.0.feedForwardNorm.normed',
   * 'output.out'), for given targets: [rows, width] row by row, with the rows of all pairs concatenated. Attention
   * weights (`decoder.0.crossAttention.weights`) are [pairs of query and key, heads]. @throws GlassformerError
   * ERR_OPTION for an unknown name
   */
  trace(pairs: readonly TokenPair[], names: readonly string[]): Float32Array[] {
    return this.#forced.trace(pairs, names)
  }

  /** The cross-attention of each target token of a pair: for each decoder layer [heads, target, source]. */
  crossAttention(pair: TokenPair): AttentionWeights[] {
    return this.#forced.crossAttention(pair)
  }

  /**
   * The model's computation for one sentence, as in `Translator.inspect`, but on the calling thread. A text is one
   * sequence here and is not split into sentences. @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG,
   * ERR_UNSUPPORTED, ERR_MEMORY; ERR_ABORTED where the signal has fired before
   */
  inspect(source: Source, options: TraceOptions = {}): Trace {
    const { path, tokenizer: files, weights, shortlist, unsupported } = this.#model
    const resolved = resolveTraceOptions(options, this.#model.generation, weights.config)
    if (options.signal?.aborted) throw aborted(options.signal)
    const tokenizer = takesTexts(files) ? this.#needTokenizer() : tokensAlone(files)
    const ids = new SentenceIds(tokenizer, weights.config, path)
    const languages = languageCodes(tokenizer, resolved.languages, path)
    const given = ids.traced(ownSource(source), 'source', languages)
    const target =
      resolved.target === null ? null : ids.traced(ownSource(resolved.target, '', 'target'), 'target', languages)
    const { sweep } = resolved
    const second =
      sweep?.second === undefined
        ? null
        : ids.traced(ownSource(sweep.second, "option 'sweep.second': "), 'source', languages)
    if (target === null) {
      checkShortlist(resolved.generation, path, shortlist !== null)
      checkSupported(unsupported, options, resolved.generation, path)
    }
    const player = this.#newPlayer() // its programs are freed with it
    try {
      const traced = { ...resolved, generation: beginningWith(languages, resolved.generation) }
      const steps = tracing({ ...this.#model, tokenizer, player }, { source: given, target, second }, traced)
      for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
    } finally {
      player.close()
    }
  }

  /**
   * A source and a target in ids, each with its end, as `trace` and a `TrainingStep` take them; without a target its
   * end alone. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG
   */
  pair(source: Source, target: Source | null = null): TokenPair {
    const { path, tokenizer: files, weights } = this.#model
    const ids = new SentenceIds(takesTexts(files) ? this.#needTokenizer() : tokensAlone(files), weights.config, path)
    return {
      source: ids.of(ownSource(source), 'source'),
      target: target === null ? [weights.config.ids.end] : ids.of(ownSource(target, '', 'target'), 'target'),
    }
  }

  /** Frees the backend's memory and threads. */
  close(): void {
    this.player.close()
  }

  #options(generation: Partial<GenerationOptions> = {}): GenerationOptions {
    const options = resolveOptions(generation, this.#model.generation)
    checkShortlist(options, this.#model.path, this.#model.shortlist !== null)
    return options
  }

  #needTokenizer(): Tokenizer {
    const { tokenizer: files, path } = this.#model
    this.#tokenizer ??= createTokenizer(files)
    if (this.#tokenizer) return this.#tokenizer
    throw new GlassformerError('ERR_INPUT', `${path} has no tokenizer: give lists of ids instead of texts`)
  }

  #play(part: Part, { sources, length: given, generation }: PartPlay): RecordedPlay {
    const { length } = read(partSettings, { part, length: given }, inOptions)
    const options = this.#options(generation)
    return playPart(part, this.player, this.weights, { sources, options, length, shortlist: this.#model.shortlist })
  }
}

type FolderOfModel = Pick<LoadedModel, 'path' | 'name' | 'generation' | 'unsupported' | 'tokenizer' | 'shortlist'>
type InspectedModel = FolderOfModel & { weights: Weights }

/** The number of threads is limited to that of cores. */
const playerOf = ({ backend, threads }: Values<typeof inspectSettings>, home?: WasmHome): Player =>
  createPlayer({ backend: chosenBackend(backend), threads: Math.min(threads, availableParallelism()), home })
