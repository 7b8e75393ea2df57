import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { ntrexPaths } from '../../files/suites/ntrex.ts'
import { corpusBleu } from '../../learn/evaluate/bleu.ts'
import { corpusChrf } from '../../learn/evaluate/chrf.ts'
import { signedText } from '../../learn/evaluate/signature.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import { checkLengths, type Lines, readReferences, readSentences, readTable } from '../lines/test-set.ts'
import { speedLine, translateAll } from '../lines/translate-all.ts'
import type { EvaluateCommandOptions } from './options.ts'

/** `glassformer evaluate`: all files are read and checked before a model translates. */
export async function evaluateFiles(given: EvaluateCommandOptions): Promise<void> {
  const needsLanguages = given.suite !== undefined || (given.hypotheses === undefined && isBilingual({}, given.test))
  const named = needsLanguages ? withLanguagesOf(given.model, given) : given
  const command = named.suite ? { ...named, ...(await suiteFiles(named)) } : named
  const { test, hypotheses: scored, sources: toTranslate, references: paths = [], tokenize, lowercase, json } = command
  const table = test === undefined ? null : await readTable(test, command)
  const translated = scored === undefined ? null : await readSentences(scored)
  const sources: Lines<string> | null =
    table && !translated
      ? { path: table.path, lines: table.lines.map(({ source }) => source) }
      : toTranslate !== undefined
        ? await readSentences(toTranslate)
        : null
  const sets: Lines<string[]>[] = []
  for (const path of paths) sets.push(await readReferences(path))
  if (table) sets.unshift({ path: table.path, lines: table.lines.map(({ references }) => references) })
  checkLengths([translated ?? present(sources), ...sets])

  const run = translated ? null : await translateAll(present(sources).lines, command)
  const hypotheses = translated?.lines ?? present(run).hypotheses
  const written = run?.written ?? ((reference: string) => reference)
  const references = sets[0].lines.map((_, i) => sets.flatMap(({ lines }) => lines[i].map(written)))
  const bleu = corpusBleu(hypotheses, references, { tokenize, lowercase })
  const chrf = corpusChrf(hypotheses, references, { lowercase })
  if (json) {
    const { model, backend, speed } = run ?? {}
    return console.log(JSON.stringify({ sentences: hypotheses.length, bleu, chrf, model, backend, speed }))
  }
  console.log(signedText(bleu))
  console.log(signedText(chrf))
  if (run) console.log(speedLine(run))
}

/** The files of a test set by name, in the languages of the model. */
async function suiteFiles({ sourceLanguage, targetLanguage, suiteFolder, model }: EvaluateCommandOptions) {
  if (sourceLanguage === undefined || targetLanguage === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `the folder of ${model} does not say its languages: give --source-language and --target-language`,
    )
  const [sources, references] = await ntrexPaths([sourceLanguage, targetLanguage], suiteFolder)
  return { sources, references: [references] }
}
