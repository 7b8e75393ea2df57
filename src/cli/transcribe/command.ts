import { type Command, InvalidArgumentError, Option } from 'commander'
import { addFlags } from '../flags/schema-flags.ts'
import { cueFlags, liveFlags, loadFlags, speechFlags, type TranscribeCommandOptions } from './options.ts'

const EXAMPLES = `
WAV and FLAC are read by Glassformer, MP3 and Ogg by mpg123-decoder,
ogg-opus-decoder and @wasm-audio-decoders/ogg-vorbis where these are installed,
every other format (M4A, WebM, films) by ffmpeg, which must be on the PATH. One
sound goes to standard output; with --output, sounds and whole folders become
files beside which nothing else is changed. A sound that cannot be read is
passed over; standard error says why, and the exit status is 1 at the end.

Flags are those of openai-whisper where it has them, also with underlines and
values of True: --word_timestamps True. Windows of several sounds are decoded
together. docs/speech.md says what to expect of which model.

Examples:
  $ glassformer pull openai/whisper-base
  $ glassformer transcribe talk.wav
  $ glassformer transcribe talk.mp3 --srt > talk.srt
  $ glassformer transcribe talks --output subtitles --srt --vtt
  $ glassformer transcribe film.mkv --words --srt --max-line-width 42 --max-line-count 2
  $ glassformer transcribe interview.flac --language fr --task translate
  $ glassformer transcribe talk.wav --translate-to de --translator Helsinki-NLP/opus-mt-en-de --srt
  $ arecord -q -f S16_LE -r 16000 | glassformer transcribe - --live
  $ glassformer transcribe talk.wav --model turbo --beams 5 --initial-prompt "Glassformer, ffmpeg"`

const formats = ['txt', 'srt', 'vtt', 'tsv', 'json'] as const

export function addTranscribe(program: Command): void {
  const command = program
    .command('transcribe')
    .description('write down what is said in files of sound')
    .argument('<sound...>', 'files and folders; - for standard input')
    .addOption(
      new Option(
        '-m, --model <folder>',
        'model folder, the name of a model that glassformer pull has downloaded, or a size: tiny, base.en, large-v3, turbo, moonshine-tiny',
      ).default('openai/whisper-base'),
    )
    .option(
      '-o, --output <path>',
      'the file, or the folder for several, to which transcripts go (default: standard output)',
    )
    .addOption(new Option('-f, --output-format <format>', 'the format, or all of them').choices([...formats, 'all']))
  for (const format of formats)
    command.option(`--${format}`, `write ${format}${format === 'txt' ? ' (default)' : ''}; several may be given`)
  command
    .option('--words', 'find the times of words')
    .addOption(
      new Option('--live', 'print the text of one sound while it is spoken, as it becomes certain').conflicts([
        'output',
        'outputFormat',
        ...formats.filter((format) => format !== 'txt'),
      ]),
    )
  addFlags(command, speechFlags, 'Speech:').addOption(
    new Option(
      '--temperature-increment-on-fallback <n>',
      'temperatures that are tried from --temperature on rise by this, up to 1',
    ).argParser(increment),
  )
  command.option(
    '--translator <folder>',
    'with --translate-to: the model that translates, a folder, or the name of one that glassformer pull has downloaded (default, for English: fr-en, the embedded one)',
  )
  addFlags(command, liveFlags, 'With --live:')
  addFlags(command, cueFlags, 'Subtitles:')
    .option('--progress', 'show the progress on standard error also where the output may go to the same terminal')
    .option('--no-progress', 'never show it (default: where standard error is a terminal and the output is a file)')
  addFlags(command, loadFlags, 'Machine and memory:')
    .addHelpText('after', EXAMPLES)
    .action(async (sounds: string[], options: TranscribeCommandOptions) => {
      const { transcribeSounds } = await import('./run.ts')
      await transcribeSounds(sounds, options)
    })
}

function increment(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return value
}
