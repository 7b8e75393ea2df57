import { present } from '../../base/present.ts'
import { counted, whole } from '../../base/values/number-text.ts'
import { fallbacks, toBuildNative } from '../../engine/program/chosen-backend.ts'
import type { KeptReport } from '../../learn/train/forgetting.ts'
import { type CleaningReport, droppedText } from '../../learn/train/pairs/cleaning.ts'
import { boundCores } from '../../learn/train/ranks/agreement.ts'
import type { ValidationReport } from '../../learn/train/step/validation.ts'
import type { TrainListener, TrainStart } from '../../learn/train/train.ts'
import type { StepReport } from '../../learn/train/trainer-listener.ts'
import { duration, passedOver } from '../terminal/progress.ts'
import { BETWEEN, type RedrawnLine } from '../terminal/redrawn-line.ts'

export interface ProgressOptions {
  /** The number of steps between lines where no line is redrawn. */
  logEvery: number
  /** Whether one line is redrawn during the training. */
  redraw: boolean
}

/** The number of steps whose mean a redrawn line shows. */
const RECENT = 20

const preparing = {
  pairs: 'reading the corpus',
  perplexity: 'scoring the pairs by perplexity',
  vocabulary: 'training the vocabulary',
  epoch: 'counting the batches of an epoch',
}

/** Shows the progress of a training on standard error: one redrawn line, or a line after each `logEvery` steps. */
export class TrainProgress implements TrainListener {
  readonly #options: ProgressOptions
  readonly #line: RedrawnLine
  /** Length of the whole run. */
  #length: Length = { steps: 0, epochs: null }
  #recent: StepReport[] = []
  #first = 0
  #began = 0
  #hasToldOfDropped = false

  constructor(line: RedrawnLine, options: ProgressOptions) {
    this.#line = line
    this.#options = options
  }

  /** Prints a line of text above the redrawn line. */
  say(text: string): void {
    this.#line.say(text)
  }

  /** Removes the redrawn line. */
  end(): void {
    this.#line.clear()
  }

  preparing(what: keyof typeof preparing): void {
    this.say(`${preparing[what]} …`)
  }

  started({
    step,
    config,
    parameters,
    vocabulary,
    backend,
    validation,
    sharing,
    improbable,
    mixed,
    isSwapped,
    isAugmented,
    cleaning,
    corpus,
    ranks,
  }: TrainStart): void {
    const { reasons, isa, threads, products } = backend
    if (reasons.length)
      this.say(
        `glassformer: training in ${fallbacks[backend.backend === 'wasm' ? 'wasm' : 'js']}: ${reasons.join('; ')}. ${toBuildNative}`,
      )
    if (corpus.malformed) {
      const { line, why } = corpus.firstMalformed[0]
      this.say(`${passedOver(corpus)}; ${corpus.isNumbered ? 'unit' : 'line'} ${line} ${why}`)
    }
    const unit = config.data.train.format === 'text' ? 'text' : 'pair'
    if (cleaning.read)
      this.say(
        `${counted(cleaning.read, unit)}, ${whole(cleaning.kept)} of them kept${dropped(cleaning)}${measured(validation, sharing)}`,
      )
    if (cleaning.equal)
      this.say(
        `${counted(cleaning.equal, 'pair')} of these with two equal sides: names, or sentences that are not translated`,
      )
    if (isSwapped)
      this.say(
        'warning: the sources seem to be in the language of the targets, and the targets in that of the sources: swap the columns of the file, or take the model of the other direction',
      )
    if (isAugmented && !config.data.augment)
      this.say('pairs are made rougher while the model learns (--augment rough), as they were for the start model')
    if (improbable)
      this.say(`${counted(improbable, 'pair')} left out, whose targets are improbable (--filter-perplexity)`)
    if (mixed)
      this.say(
        `in each epoch ${counted(mixed.each, 'pair')} mixed in, of ${whole(mixed.of)} (${Math.round(100 * present(config.data.mix).share)} %)`,
      )
    const sizes = new Set([vocabulary.source, vocabulary.target])
    this.say(
      `${whole(parameters)} parameters, vocabulary ${[...sizes].map(whole).join(' + ')}; ` +
        `${backend.backend} ${isa}, ${products}, ${counted(threads, 'thread')}${ranks > 1 ? ` in each of ${whole(ranks)} ranks` : ''}`,
    )
    const { accumulate } = config.training
    if (ranks > accumulate)
      this.say(
        `${whole(ranks)} ranks share out the batches of a step, and there ${accumulate === 1 ? 'is 1' : `are ${whole(accumulate)}`}: the others have ` +
          `nothing to do; --accumulate ${ranks} gives each a batch, and a step more tokens`,
      )
    const bound = ranks > 1 && boundCores(process.env)
    if (bound)
      this.say(
        `mpirun lets the ranks on this machine use ${counted(bound.together, 'core')} of ${whole(bound.all)}: with --bind-to none they share all`,
      )
    if (step) this.say(`going on from step ${whole(step)}`)
    this.#length = config.training
    this.#first = step
    this.#began = performance.now()
  }

  step(report: StepReport): void {
    const { redraw, logEvery } = this.#options
    this.#tellOfDropped(report)
    this.#recent.push(report)
    if (redraw) {
      if (this.#recent.length > RECENT) this.#recent.shift()
      this.#line.draw(() => this.#parts(report))
    } else if (report.step % logEvery === 0 || report.step === this.#length.steps) {
      this.say(this.#parts(report).join(BETWEEN))
      this.#recent = []
    }
  }

  validation({ step, loss, bleu, chrf, samples, best }: ValidationReport): void {
    const scores = samples.length
      ? `BLEU ${bleu.toFixed(1)} · chrF ${chrf.toFixed(1)}`
      : `perplexity ${perplexity(loss)}`
    this.say(`step ${whole(step)} · unseen: loss ${loss.toFixed(3)} · ${scores}${best ? ' · the best so far' : ''}`)
  }

  kept(report: KeptReport): void {
    this.say(`${report.step ? `step ${whole(report.step)}` : 'before the training'} · ${keptText(report)}`)
  }

  /** Reports dropped pairs once; the report has the numbers of the whole run. */
  #tellOfDropped({ dropped: { tooLong, empty } }: StepReport): void {
    if (this.#hasToldOfDropped || tooLong + empty === 0) return
    this.#hasToldOfDropped = true
    this.say(
      'some pairs have too many tokens for a batch or the model, or none, and are left out: the report counts them',
    )
  }

  /** The parts of the line, the most important first. */
  #parts({ step, epoch, learningRate }: StepReport): string[] {
    const { steps, epochs } = this.#length
    const sum = (of: (report: StepReport) => number) => this.#recent.reduce((total, report) => total + of(report), 0)
    const tokens = sum((report) => report.tokens)
    const loss = sum((report) => report.loss * report.tokens) / tokens
    const padding = sum((report) => report.paddingShare) / this.#recent.length
    const secondsPerStep = (performance.now() - this.#began) / 1000 / (step - this.#first)
    return [
      `step ${whole(step)}/${stepsText(this.#length)}`,
      ...(epochs === null ? [] : [`epoch ${whole(epoch + 1)}/${whole(epochs)}`]),
      `loss ${loss.toFixed(3)}`,
      `perplexity ${perplexity(loss)}`,
      `${duration(Math.max(0, steps - step) * secondsPerStep)} left`,
      `${counted(tokens / sum((report) => report.seconds), 'token')}/s`,
      `learning rate ${learningRate.toExponential(1)}`,
      `padding avoided ${Math.round(100 * padding)} %`,
    ]
  }
}

/** The length of a run. For a length in epochs, the number of steps is an estimate. */
export interface Length {
  steps: number
  epochs: number | null
}

export const stepsText = ({ steps, epochs }: Length): string => `${epochs === null ? '' : '~'}${whole(steps)}`

/** ' (3 too long, 9 duplicates)' */
function dropped(cleaning: CleaningReport): string {
  const reasons = droppedText(cleaning)
  return reasons && ` (${reasons})`
}

/** ', 99 to measure with, 640 that share a sentence with these left out' */
function measured({ length }: TrainStart['validation'], { leftOut, trainedOn }: TrainStart['sharing']): string {
  const sharing = (count: number, what: string) =>
    count ? `, ${whole(count)} that ${count === 1 ? 'shares' : 'share'} a sentence with these ${what}` : ''
  return `, ${length ? whole(length) : 'none'} to measure with${sharing(leftOut, 'left out')}${sharing(trainedOn, 'trained on all the same')}`
}

/** 'everyday BLEU 56.1 · amounts with all digits 36 of 40' */
export const keptText = ({ everyday, amounts: { right, of } }: KeptReport): string =>
  [
    ...(everyday === null ? [] : [`everyday BLEU ${everyday.toFixed(1)}`]),
    `amounts with all digits ${whole(right)} of ${whole(of)}`,
  ].join(' · ')

const perplexity = (loss: number) => {
  const value = Math.exp(loss)
  return value < 100 ? value.toFixed(2) : value < 1e6 ? whole(value) : value.toExponential(1)
}
