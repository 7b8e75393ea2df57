import type { Command } from 'commander'
import { some } from '../../base/schema/settings.ts'
import { cutSettings, queueSettings } from '../../service/queue/jobs/options.ts'
import { soundSettings } from '../../service/queue/jobs/sound-job.ts'
import { searchFlags } from '../flags/options.ts'
import { addFlags, SEARCH_HEADING } from '../flags/schema-flags.ts'
import { type EnqueueCommandOptions, ownTextFlags } from './options.ts'

const DETAILS = `
The lines of the file become jobs of --lines lines each in the queue of the
model, from which workers take them (glassformer work), on this machine or on
others. Without --output the command ends when the jobs are in the queue. With
--output it waits for them, and joins their translations in order: the n-th line
of the output is that of the n-th line of the file. A line that the model cannot
take becomes an empty line; standard error says why, and the exit status is 1 at
the end.

The output has its name when it is whole. Until then it grows as OUTPUT.partial;
the same command, run again after an interruption, resumes where it was.
The same lines with the same model and options are the same jobs: they are
translated once, and a dead letter is tried anew.

Examples:
  $ glassformer enqueue french.txt --queue redis://localhost
  $ glassformer enqueue french.txt --queue redis://localhost -o english.txt
  $ glassformer enqueue french.txt -m opus-mt-fr-en --beams 4 -o english.txt
  $ glassformer enqueue talks --sound -m openai/whisper-base -f srt -o subtitles`

export function addEnqueue(program: Command): void {
  const command = program
    .command('enqueue')
    .description('translate the lines of a file by workers, through a queue in Redis')
    .argument('<file>', 'UTF-8 lines; with --sound, a sound or a folder')
    .option('-o, --output <file>', 'wait for the translations, and write them to this file')
  addFlags(command, { ...queueSettings, ...cutSettings })
  addFlags(command, some(soundSettings, 'outputFormat', 'language', 'task'))
  addFlags(command, searchFlags, SEARCH_HEADING)
  addFlags(command, ownTextFlags)
    .option('--no-protect', 'protect nothing')
    .option('--sound', 'the file is a sound, or a folder of sounds, which workers with a model of speech write down')
    .option('--glossary <file>', 'how terms are translated: lines of a term, a tab and its translation')
    .option('--words', 'with --sound: find the times of words')
    .option('--progress', 'show the progress on standard error also where that is no terminal')
    .option('--no-progress', 'never show it')
    .addHelpText('after', DETAILS)
    .action(async (file: string, options: EnqueueCommandOptions) =>
      options.sound
        ? (await import('./sounds.ts')).enqueueSoundFiles(file, options)
        : (await import('./run.ts')).enqueueLines(file, options),
    )
}
