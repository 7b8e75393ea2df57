import { basename, resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { pathOf } from '../../base/path-of.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { filesFor } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { openRunModel, type RunModel } from '../../learn/train/run-model.ts'
import type { Trace } from '../../trace/data/trace.ts'
import type { TraceOptions } from '../../trace/options.ts'
import type { Source } from '../../use/translate/translation/translation.ts'
import { ModelInspector } from './model-inspector.ts'
import type { InspectOptions } from './options.ts'

/**
 * Inspects a model at the checkpoints of its training, finished or not: the model's computation for a sentence at each
 * step. Everything runs in the calling thread, and no files are written.
 */
export class TrainingInspector {
  /**
   * Steps of the training that can be inspected: 0, before the first one, and those of the checkpoints that were kept
   * (`keep`).
   */
  readonly steps: readonly number[]
  readonly #run: RunModel
  readonly #inspector: ModelInspector
  /** The step whose weights are in memory. */
  #loaded = 0

  private constructor(run: RunModel, inspector: ModelInspector) {
    this.steps = run.steps
    this.#run = run
    this.#inspector = inspector
  }

  /**
   * Opens the folder of a training. Options are those of `ModelInspector.of`.
   * @throws GlassformerError ERR_FILE where there is no training; ERR_MODEL_FORMAT and ERR_TOKENIZER_FORMAT for damaged files; ERR_OPTION;
   * ERR_BACKEND
   */
  static async open(folder: string | URL, options: InspectOptions = {}): Promise<TrainingInspector> {
    const path = resolve(pathOf('the folder of a training', folder))
    const run = await openRunModel(path)
    const { weights, beside } = run.model
    const tokenizer = filesFor(beside.tokenizer, path, weights.config)
    const { generation } = beside
    return new TrainingInspector(
      run,
      ModelInspector.of(weights, options, { path, name: basename(path), generation, tokenizer }),
    )
  }

  /**
   * The model's computation at a step, as `ModelInspector.inspect` returns it. To compare steps, pass the same `target`
   * to all of them.
   * @throws GlassformerError as `ModelInspector.inspect`, and ERR_OPTION for a step that is not in `steps`
   */
  inspect(step: number, source: Source, options: TraceOptions = {}): Trace {
    if (!this.steps.includes(step))
      throw new GlassformerError(
        'ERR_OPTION',
        `there is no checkpoint of step ${step}: there are ${this.steps.join(', ')}`,
      )
    if (step !== this.#loaded) {
      this.#run.load(step)
      this.#loaded = step
    }
    return this.#inspector.inspect(source, options)
  }

  /** Belongs to the step that was inspected last. */
  get weights(): Weights {
    return this.#inspector.weights
  }

  /** Frees memory and threads. */
  close(): void {
    this.#inspector.close()
  }
}
