import { type Command, Option } from 'commander'
import { languageFlags } from '../flags/corpus-options.ts'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { type EvaluateCommandOptions, scoreFlags, translationFlags, unitFlag } from './options.ts'

const EXAMPLES = `
Prints BLEU and chrF2 as sacreBLEU computes them, with signatures that say how,
and the speed of the model.

Line n of every file is about the same sentence; files may be packed by gzip.
References are text files, each a set, or tables (.tsv, .tsv.gz): a source, a
tab, its reference, and after more tabs more of them, not as many in every row.
--test also takes TMX, XLIFF, .po and JSON lines, by the ending of the name.
--suite ntrex is NTREX-128, news in 125 languages. It takes the two languages
that the model names; their files are fetched into the cache, or read from
--suite-folder.

--speech takes LibriSpeech's form (*.trans.txt beside .flac or .wav, English)
and Common Voice's (a .tsv with path, sentence and locale, clips in clips/), and
prints word and character error rates after Whisper's own normalizers.

Examples:
  $ glassformer evaluate --test test.tsv.gz                # the embedded model
  $ glassformer evaluate --model ./opus-mt-fr-en --beams 4 --sources test.fr --references test.en
  $ glassformer evaluate --hypotheses translated.en --references first.en second.en
  $ glassformer evaluate --hypotheses translated.en --test test.tsv.gz --json
  $ glassformer evaluate --suite ntrex --model Helsinki-NLP/opus-mt-fr-en
  $ glassformer evaluate --test our.tmx --source-language fr --target-language en
  $ glassformer evaluate --model writer/model --perplexity unseen.txt
  $ glassformer evaluate --speech LibriSpeech/test-clean --model openai/whisper-base
  $ glassformer evaluate --speech cv-corpus/fr/test.tsv --model small`

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description(
      'score translations, or those of a model, against references: BLEU, chrF; transcripts: word error rate',
    )
    .option(
      '--test <table>',
      'a table of sources and references, or a file of pairs as its name ends: .tmx, .xlf, .xliff, .po, .jsonl',
    )
    .option(
      '--perplexity <file>',
      'plain texts, of which a model that goes on with texts (--model) tells the perplexity',
    )
    .option(
      '--speech <folder>',
      'clips with transcripts, of which a model that hears (--model) makes errors in words and characters',
    )
    .option(
      '--audio-language <language>',
      'the language that is spoken (default: what locale says in a table; English in *.trans.txt)',
    )
    .addOption(new Option('--suite <name>', 'a public test set, in place of files').choices(['ntrex']))
    .option('--suite-folder <folder>', 'where its files are (default: the cache, into which they are fetched)')
    .option('--hypotheses <file>', 'the translations to score; without it a model translates')
    .option('--sources <file>', 'what the model translates (default: the sources of --test)')
    .option('--references <file...>', 'text files or tables of references')
  for (const [flags, description] of Object.values(languageFlags)) command.option(flags, description)
  addFlags(command, scoreFlags)
  addFlags(command, unitFlag)
    .option('--json', 'print one JSON object')
    .option('--progress', 'show the progress on standard error also where that is no terminal')
    .option('--no-progress', 'never show it')
    .addOption(modelOption())
  addFlags(command, translationFlags)
    .addHelpText('after', EXAMPLES)
    .action(async (options: EvaluateCommandOptions, command: Command) => {
      const wrong = wrongUsage(options)
      if (wrong) command.error(`error: ${wrong}`)
      if (options.perplexity !== undefined) return (await import('./perplexity.ts')).tellPerplexity(options)
      if (options.speech !== undefined) return (await import('./speech.ts')).evaluateSpeech(options)
      const { evaluateFiles } = await import('./run.ts')
      await evaluateFiles(options)
    })
}

const ofTheModel = [
  'sources',
  'model',
  'beams',
  'split',
  'backend',
  'precision',
  'shortlist',
  'threads',
  'workers',
  'progress',
] as const

const ofTranslations = ['suite', 'test', 'hypotheses', 'sources', 'references', 'beams', 'split', 'shortlist'] as const

const notOfSpeech = [
  ...(['suite', 'test', 'hypotheses', 'sources', 'references', 'split', 'shortlist', 'perplexity'] as const),
  ...(['tokenize', 'lowercase'] as const),
]

function wrongUsage(options: EvaluateCommandOptions): string | null {
  const { test, hypotheses, sources, references, perplexity, textUnit, suite, suiteFolder, speech } = options
  if (speech !== undefined) {
    if (options.model === undefined) return '--speech needs --model, a model that hears'
    const other = notOfSpeech.find((name) => options[name] !== undefined)
    return other ? `--${other} is for texts: give it, or --speech` : null
  }
  if (options.audioLanguage !== undefined) return '--audio-language belongs to --speech'
  if (perplexity !== undefined) {
    if (options.model === undefined) return '--perplexity needs --model, a decoder alone'
    const other = ([...ofTranslations] as const).find((name) => options[name] !== undefined)
    return other ? `--${other} is for translations: give it, or --perplexity` : null
  }
  if (textUnit !== undefined) return '--text-unit belongs to --perplexity'
  if (suiteFolder !== undefined && !suite) return '--suite-folder belongs to --suite'
  if (suite) {
    const other = (['test', 'hypotheses', 'sources', 'references'] as const).find((name) => options[name] !== undefined)
    return other ? `--${other} is in place of a test set by name: give it, or --suite` : null
  }
  if (!test && !references) return 'give references: --references, or --test with sources and references, or --suite'
  if (hypotheses !== undefined) {
    const useless = ofTheModel.find((name) => options[name] !== undefined)
    return useless ? `--${useless} is for translating: give it, or --hypotheses` : null
  }
  if (!test && !sources) return 'give --hypotheses, or what a model is to translate: --sources, or --test'
  return test && sources ? 'give --sources or --test, which has sources: not both' : null
}
