import type { Command } from 'commander'
import { modelOption, playFlags } from '../flags/options.ts'
import { addFlags, givenBy } from '../flags/schema-flags.ts'
import { kernelFlags, type ListingCommandOptions, partFlag, stepFlags } from './options.ts'

const EXAMPLES = `
Parts:
  encoder  encodes sources, and leaves their keys and values for the decoder (of
           many, the last ones encoded together)
  step     one decoding step of all live hypotheses, with its best next tokens
  forced   whole given targets in one pass, as scoring does

Symbols: S source tokens, T target tokens, R rows (live hypotheses), B
sentences, M rows of the sources' keys and values, K slots of the cache, A
cached tokens that all rows look at, E edits of scores, C candidates, N
positions, L ids of the sources' lists (--shortlist), P(pasts) and the like
pairs of a query and what it meets there.

Candidates normalize scores before they are edited (beam search), after it
(greedy search), or both; edits are what suppresses and penalizes tokens.

FLOPs and bytes are those of whole weights: of zeros, which relu leaves, native
kernels skip most, and may seem to compute faster than a processor can.

Examples:
  $ glassformer listing
  $ glassformer listing --part step | less -S          # on a narrow terminal
  $ glassformer listing --text "Je suis étudiant." --text "Merci."
  $ glassformer listing --part step --text "Je suis étudiant." --beams 4 --length 6
  $ glassformer listing --part step --length 20 --profile --backend js`

export function addListing(program: Command): void {
  const command = program
    .command('listing')
    .description('print a program: its instructions with shapes, offsets and FLOPs, and how long each takes')
  addFlags(command, partFlag)
    .addOption(modelOption())
    .option(
      '-t, --text <text>',
      'bind the program to this source text; may be given several times',
      (text: string, texts: string[] = []) => [...texts, text],
    )
  addFlags(command, stepFlags).option(
    '--profile',
    'play it again and again, and show median times; without --text for one source of 20 tokens',
  )
  addFlags(command, { ...playFlags, ...kernelFlags })
    .option(
      '--json',
      'print the program as JSON: op, operands, attributes and shapes of each instruction, and its seconds',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: ListingCommandOptions, command: Command) => {
      for (const name of Object.keys(givenBy(stepFlags, options)))
        if (options.part !== 'step') command.error(`error: --${name} belongs to --part step`)
      const { showListing } = await import('./run.ts')
      showListing(options)
    })
}
