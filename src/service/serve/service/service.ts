import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { LoadOptions, TranslateOptions } from '../../../use/translate/options/options.ts'
import { type Key, type Keys, readKeys } from '../access/keys.ts'
import { Usage } from '../access/usage.ts'
import { Documents } from '../documents/documents.ts'
import { Memories } from '../memories/memories.ts'
import { ARGOS_PIVOT, argosModels } from '../models/argos-models.ts'
import type { GivenModel, GivenModels } from '../models/given-models.ts'
import { Models } from '../models/models.ts'
import { namedIn, openModels } from '../models/open-models.ts'
import { pulledModels } from '../models/pulled-models.ts'
import { ServedEncoder } from '../models/served-encoder.ts'
import type { ServedModel } from '../models/served-model.ts'
import { SpeechModels } from '../models/speech-models.ts'
import { Bodies } from '../running/bodies.ts'
import type { TimeLimit } from '../running/call-signal.ts'
import { Gate } from '../running/gate.ts'
import { Spans } from '../watching/spans.ts'
import type { Figures } from '../watching/watch-port.ts'
import { type ServiceSettings, serviceSettings } from './settings.ts'

const MIB = 1 << 20

const charactersOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0)

/** The given models, with the packages of Argos Translate and the models that were pulled, which replace the default model. */
function modelsOf({ models, argos, pairs }: ServiceSettings): GivenModels {
  if (argos === undefined && pairs === undefined) return models
  const packages = {
    ...(argos !== undefined && argosModels(argos)),
    ...(pairs !== undefined && pulledModels(pairs)),
  }
  const isDefault = Array.isArray(models) && models.join() === serviceSettings.models.default.join()
  if (isDefault) return packages
  const own = Array.isArray(models) ? Object.fromEntries(models.map((each: string) => namedIn(each))) : models
  return { ...(own as Readonly<Record<string, GivenModel>>), ...packages }
}

/** The shared state of all interfaces of a server: models, keys, limits, and the count of requests in progress. */
export class Service {
  readonly settings: ServiceSettings
  readonly models: Models
  readonly speech: SpeechModels
  readonly keys: Keys
  readonly usage = new Usage()
  /** The pivot language for pairs that no model has; undefined: none. */
  readonly pivot: string | undefined
  readonly gate = new Gate()
  readonly bodies: Bodies
  readonly documents: Documents
  /** Null where the server keeps none. */
  readonly memories: Memories | null
  /** Null where the server has none. */
  readonly encoder: ServedEncoder | null
  spans = Spans.none
  /** Undefined where metrics are off. */
  figures: Figures | undefined

  /** @throws GlassformerError as `Translator.load`, and ERR_OPTION */
  constructor(settings: ServiceSettings, load: LoadOptions = {}) {
    this.settings = settings
    this.keys = readKeys(settings.keys)
    this.bodies = new Bodies(settings.bodies * MIB, settings.work * MIB)
    this.documents = new Documents(settings.documents * MIB)
    this.memories = settings.memories === undefined ? null : new Memories(settings.memories, settings.memoryUnits)
    this.encoder = settings.encoder === undefined ? null : new ServedEncoder(settings.encoder, load)
    const scheduled = { queueTexts: settings.queue, cacheBytes: settings.cache * MIB, ...load }
    const { translators, speech } = openModels(modelsOf(settings), scheduled)
    this.models = new Models(translators, settings.memory * MIB)
    this.speech = new SpeechModels(speech)
    this.pivot =
      settings.pivot ?? (settings.argos === undefined && settings.pairs === undefined ? undefined : ARGOS_PIVOT)
  }

  /** Loads the optional packages that the project has for this server. */
  async open(): Promise<void> {
    this.spans = await Spans.load()
  }

  /** Loads the first model, the default of requests: that of texts, or of speech where there is no other. */
  async start(): Promise<void> {
    const [first] = this.models.list
    await (first ? this.models.preload(first) : this.speech.start())
  }

  /** Reads the keys again, and loads the loaded models again. @throws GlassformerError as the constructor */
  async reload(): Promise<void> {
    this.keys.replaceBy(readKeys(this.settings.keys))
    await this.models.reload()
  }

  /** Whether a request would be served at once. */
  get isReady(): boolean {
    const [first] = this.models.list
    return !this.gate.isClosing && (first ? first.translator !== null : this.speech.isReady)
  }

  async close(): Promise<void> {
    this.documents.close()
    await Promise.all([this.memories?.close(), this.models.close(), this.speech.close(), this.encoder?.close()])
  }

  /** Runs work with a model, which is loaded for it. @throws GlassformerError the errors of the work */
  use<T>(model: ServedModel, signal: AbortSignal, work: (translator: PoolTranslator) => Promise<T>): Promise<T> {
    return this.spans.within('translate', { 'glassformer.model': model.name }, () =>
      this.models.use(model, signal, work),
    )
  }

  /** @throws GlassformerError ERR_INPUT_TOO_LONG for more texts or characters than a request may have */
  checkTexts(texts: readonly string[]): void {
    const { texts: most, characters } = this.settings
    if (texts.length > most)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `a request may have ${whole(most)} texts, not ${whole(texts.length)}`,
      )
    const length = charactersOf(texts)
    if (length > characters)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `the texts of a request may have ${whole(characters)} characters, not ${whole(length)}`,
      )
  }

  /**
   * Counts the characters of texts for a key; the returned function subtracts them again.
   * @throws GlassformerError ERR_QUOTA
   */
  take(key: Key | null, texts: readonly string[]): () => void {
    const characters = charactersOf(texts)
    this.usage.take(key, characters)
    return () => this.usage.giveBack(key, characters)
  }

  /** Options of a request within the limits of the server, and of its key. @throws GlassformerError ERR_OPTION */
  within<O extends TranslateOptions>(options: O, key: Key | null): O {
    const { beams, maxTokens } = this.settings
    const most = key?.priority ?? this.settings.priority
    if ((options.priority ?? 0) > Math.max(0, most))
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'priority': this server gives ${key ? 'this key' : 'requests'} at most ${Math.max(0, most)}, not ${options.priority}`,
      )
    for (const name of ['beams', 'alternatives'] as const)
      if ((options[name] ?? 1) > beams)
        throw new GlassformerError(
          'ERR_OPTION',
          `option '${name}': this server gives at most ${beams}, not ${options[name]}`,
        )
    return maxTokens === undefined
      ? options
      : { ...options, maxTokens: Math.min(options.maxTokens ?? maxTokens, maxTokens) }
  }

  /** The maximum number of glossaries of a key; without a key, of all requests together. */
  glossariesFor(key: Key | null): number {
    return key?.glossaries ?? this.settings.glossariesEach
  }

  /** The time limit of a request with sound. */
  timeForSpeech(): TimeLimit {
    return { milliseconds: this.settings.speechTimeout * 1000, isAsked: false }
  }

  /** The time limit of a request, which may set a lower one than the server's. */
  timeFor(asked: number | null | undefined): TimeLimit {
    const most = this.settings.timeout * 1000
    const isAsked = asked != null && asked < most
    return { milliseconds: isAsked ? asked : most, isAsked }
  }
}
