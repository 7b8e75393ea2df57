import { type Command, Option } from 'commander'
import { normOrders, type Positions, positionKinds } from '../model-config.ts'
import type { VocabularySettings } from '../train/config.ts'
import { type Initialisation, initialisations } from '../train/initialise.ts'
import { type ModelSettings, type Tying, tyings } from '../train/model-settings.ts'
import { type TrainOptions, trainPrecisions } from '../train/train-options.ts'
import { type CorpusOptions, corpusFlags, wrongCorpus } from './corpus-options.ts'
import { backendOption, finite, naturalOption, wholeOption } from './options.ts'

export interface TrainCommandOptions extends CorpusOptions {
  output: string
  from?: string
  teacher?: string
  validation?: string
  heldOut?: number
  preset?: Preset
  steps?: number
  epochs?: number
  vocabularyType?: VocabularySettings['type']
  vocabularySize?: number
  punctuation?: VocabularySettings['punctuation']
  joiner?: string
  positions?: Positions['kind']
  clip?: number
  norm?: ModelSettings['order']
  tying?: Tying
  initialisation?: Initialisation
  batchTokens?: number
  learningRate?: number
  dropout?: number
  seed?: number
  patience?: number
  average?: number
  validateEvery?: number
  saveEvery?: number
  logEvery?: number
  /** Undefined: where standard error is a terminal. */
  progress?: boolean
  backend?: TrainOptions['backend']
  threads?: number
  precision?: TrainOptions['precision']
}

const presets = ['tiny', 'small', 'base'] as const
export type Preset = (typeof presets)[number]

const EXAMPLES = `
Options count more than the settings of the file, and --preset less. The output
folder gets the vocabulary, checkpoints, metrics.jsonl, curves.svg, report.html,
and at the end the model.

Ctrl-C finishes the step, saves and ends; the same command, or --output alone,
goes on from there as if there had been no interruption. A second Ctrl-C ends at
once: then the latest checkpoint counts.

Examples:
  $ glassformer train --tsv pairs.tsv --output my-model             # a source, a tab and its translation on each line
  $ glassformer train --source train.fr.gz --target train.en.gz --preset tiny --steps 3000 --output my-model
  $ glassformer train settings.json --output my-model --learning-rate 5e-4
  $ glassformer train --from models/fr-en --tsv medical.tsv --learning-rate 2e-4 --steps 2000 --output medical
  $ glassformer train --teacher large/model --tsv pairs.tsv --preset tiny --output small
  $ glassformer train --output my-model                             # goes on
  $ glassformer train --output my-model --steps 40000               # goes on for longer`

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train a translator from sentence pairs, or go on with it')
    .argument('[config]', 'JSON file of settings, which docs/training.md lists')
    .requiredOption('-o, --output <folder>', 'the folder of this training')
    .option(...corpusFlags.tsv)
    .option(...corpusFlags.source)
    .option(...corpusFlags.target)
    .option(...corpusFlags.jsonl)
    .option('--from <model>', 'train this model folder further, in place of a new one')
    .option('--teacher <model>', 'learn from the probabilities of this model folder too, with its vocabulary')
    .option('--validation <file>', 'pairs to measure with, in a TSV or .jsonl file (default: some are held out)')
    .addOption(wholeOption('--held-out <n>', 'pairs held out for measuring (default: 1000, at most a tenth)'))
    .addOption(new Option('--preset <size>', 'model, vocabulary and steps (default: small)').choices(presets))
    .addOption(naturalOption('--steps <n>', "steps in all (default: the preset's)"))
    .addOption(naturalOption('--epochs <n>', 'passes over the pairs in all, in place of steps'))
    .addOption(
      new Option(
        '--vocabulary-type <type>',
        'pieces of words, or words as white space parts them (default: unigram)',
      ).choices(['unigram', 'bpe', 'words'] satisfies VocabularySettings['type'][]),
    )
    .addOption(naturalOption('--vocabulary-size <n>', "pieces or words (default: the preset's)"))
    .addOption(
      new Option(
        '--punctuation <how>',
        'plain: in sources, ’ “ ” and the like are read as those of a keyboard (default)',
      ).choices(['plain', 'kept']),
    )
    .option('--joiner <text>', 'with words: what a word ends with that goes on in the next, @@ for instance')
    .addOption(new Option('--positions <kind>', 'of a new model (default: halves)').choices(positionKinds))
    .addOption(naturalOption('--clip <n>', 'the furthest distance that relative positions tell apart (default: 16)'))
    .addOption(new Option('--norm <order>', 'of a new model (default: post)').choices(normOrders))
    .addOption(
      new Option('--tying <what>', 'which embeddings and output are one matrix (default: all)').choices(tyings),
    )
    .addOption(
      new Option('--initialisation <kind>', 'of matrices that are no embeddings (default: glorot)').choices(
        initialisations,
      ),
    )
    .addOption(naturalOption('--batch-tokens <n>', "tokens of either side in a batch (default: the preset's)"))
    .addOption(
      new Option('--learning-rate <x>', "the highest (default: 0.001; tiny 0.002, base the paper's)").argParser(finite),
    )
    .addOption(
      new Option('--dropout <x>', 'the share of what each layer adds that is dropped (default: 0.1)').argParser(finite),
    )
    .addOption(wholeOption('--seed <n>', 'decides first weights, order and dropout (default: 1)'))
    .addOption(
      wholeOption(
        '--patience <n>',
        'end after n validations without a better loss; the best counts (default: 0: never)',
      ),
    )
    .addOption(naturalOption('--average <n>', 'the model is the mean of the last n checkpoints (default: 1)'))
    .addOption(
      naturalOption('--validate-every <n>', 'steps between validations (default: a twentieth of all, at most 500)'),
    )
    .addOption(naturalOption('--save-every <n>', 'steps between checkpoints (default: a tenth of all, at most 500)'))
    .addOption(naturalOption('--log-every <n>', 'steps between lines where there is no progress line (default: 100)'))
    .option('--progress', 'show a progress line also where standard error is no terminal')
    .option('--no-progress', 'print lines also on a terminal')
    .addOption(backendOption())
    .addOption(naturalOption('--threads <n>', 'threads (default: one per core)'))
    .addOption(
      new Option(
        '--precision <name>',
        'of matrix products (default: auto: bfloat16 where the processor has it)',
      ).choices(trainPrecisions),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (config: string | undefined, options: TrainCommandOptions, command: Command) => {
      const wrong = wrongUsage(options)
      if (wrong) command.error(`error: ${wrong}`)
      const { trainFiles } = await import('./train-files.ts')
      await trainFiles(config, options)
    })
}

function wrongUsage(options: TrainCommandOptions): string | null {
  if (options.steps !== undefined && options.epochs !== undefined) return 'give --steps or --epochs: not both'
  return wrongCorpus(options)
}
