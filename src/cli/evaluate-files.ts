import { corpusBleu } from '../evaluate/bleu.ts'
import { corpusChrf } from '../evaluate/chrf.ts'
import { signedText } from '../evaluate/signature.ts'
import { resolveLoadOptions } from '../translate/options.ts'
import { Translator } from '../translate/translator.ts'
import type { EvaluateCommandOptions } from './evaluate.ts'
import { lineOf } from './failure.ts'
import { isFailure, translateEach } from './outcome.ts'
import { checkLengths, type Lines, readLines, readReferences, readTable } from './test-set.ts'

/** `glassformer evaluate`: all files are read and checked before a model translates. */
export async function evaluateFiles(command: EvaluateCommandOptions): Promise<void> {
  const { test, hypotheses: scored, sources: toTranslate, references: paths = [], tokenize, lowercase, json } = command
  const table = test === undefined ? null : readTable(test)
  const given = scored === undefined ? null : readLines(scored)
  const sources: Lines<string> | null =
    table && !given
      ? { path: table.path, lines: table.lines.map(({ source }) => source) }
      : toTranslate !== undefined
        ? readLines(toTranslate)
        : null
  const sets = paths.map(readReferences)
  if (table) sets.unshift({ path: table.path, lines: table.lines.map(({ references }) => references) })
  checkLengths([given ?? sources!, ...sets])

  const references = sets[0].lines.map((_, i) => sets.flatMap(({ lines }) => lines[i]))
  const run = given ? null : await translateAll(sources!.lines, command)
  const hypotheses = given?.lines ?? run!.hypotheses
  const bleu = corpusBleu(hypotheses, references, { tokenize, lowercase })
  const chrf = corpusChrf(hypotheses, references, { lowercase })
  if (json) {
    const { model, backend, speed } = run ?? {}
    return console.log(JSON.stringify({ sentences: hypotheses.length, bleu, chrf, model, backend, speed }))
  }
  console.log(signedText(bleu))
  console.log(signedText(chrf))
  if (run) console.log(speedLine(hypotheses.length, run))
}

interface Run {
  hypotheses: string[]
  model: string
  backend: string
  speed: Speed
}

interface Speed {
  /** From the first sentence to the last; the model has been loaded before. */
  seconds: number
  sentencesPerSecond: number
  /** Tokens of the translations, their ends included. */
  tokensPerSecond: number
}

async function translateAll(sources: readonly string[], command: EvaluateCommandOptions): Promise<Run> {
  const { model, beams, backend, precision, threads, workers } = command
  const translator = await Translator.load(model, resolveLoadOptions({ backend, precision, threads, workers }))
  try {
    const began = performance.now()
    const outcomes = await translateEach(sources, translator, { beams })
    const seconds = (performance.now() - began) / 1000
    let tokens = 0
    const hypotheses = outcomes.map((outcome, i) => {
      if (!isFailure(outcome)) {
        tokens += outcome.ids.length
        return outcome.text
      }
      process.exitCode = 1
      process.stderr.write(`${lineOf(outcome, `sentence ${i + 1}, which counts as empty: `)}\n`)
      return ''
    })
    const speed = { seconds, sentencesPerSecond: sources.length / seconds, tokensPerSecond: tokens / seconds }
    const info = translator.backendInfo()
    return { hypotheses, model: translator.model.name, backend: `${info.backend} ${info.isa} ${info.precision}`, speed }
  } finally {
    await translator.close()
  }
}

function speedLine(sentences: number, { model, backend, speed }: Run): string {
  const { seconds, sentencesPerSecond, tokensPerSecond } = speed
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  return (
    `${model}: ${whole(sentences)} sentence${sentences === 1 ? '' : 's'} in ${seconds.toFixed(2)} s by ${backend}:` +
    ` ${whole(sentencesPerSecond)} sentences/s, ${whole(tokensPerSecond)} tokens/s`
  )
}
