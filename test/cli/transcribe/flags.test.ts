import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { soundJobs } from '#dist/cli/transcribe/sound-jobs.js'
import { ownFlags, speechModel } from '#dist/cli/transcribe/whisper-flags.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

test('flags of openai-whisper become those of this command', () => {
  expect(
    ownFlags(['transcribe', 'a_b.wav', '--beam_size', '5', '--word_timestamps', 'True', '--fp16', 'False']),
  ).toEqual(['transcribe', 'a_b.wav', '--beams', '5', '--words'])
  expect(
    ownFlags(['--condition_on_previous_text=False', '--output_format=srt', '-o', 'out', '--output_dir', 'x']),
  ).toEqual(['--output-format=srt', '-o', 'out', '--output', 'x'])
  expect(ownFlags(['--words', 'talk.wav', '--initial_prompt', 'True --fp16'])).toEqual([
    '--words',
    'talk.wav',
    '--initial-prompt',
    'True --fp16',
  ])
  expect(ownFlags(['--vad_filter', 'True', '--vad_min_silence_duration_ms', '500', '--vad_speech_pad_ms=100'])).toEqual(
    [...['--vad-filter', '--vad-min-silence=0.5', '--vad-pad=0.1']],
  )
  expect(ownFlags(['--verbose=True', '-', '--max_line_width', '42'])).toEqual(['-', '--max-line-width', '42'])
})

test('sizes are names of models', () => {
  expect(
    ['base', 'tiny.en', 'large', 'large-v2', 'turbo', 'moonshine-tiny-ja', './base', 'a/b'].map(speechModel),
  ).toEqual([
    ...['openai/whisper-base', 'openai/whisper-tiny.en', 'openai/whisper-large-v3', 'openai/whisper-large-v2'],
    ...['openai/whisper-large-v3-turbo', 'UsefulSensors/moonshine-tiny-ja', './base', 'a/b'],
  ])
})

const folder = scratchFolder()
for (const file of [
  'talks/b.mp3',
  'talks/a.wav',
  'talks/notes.txt',
  'talks/.hidden.wav',
  'talks/more/c.FLAC',
  'a.mp3',
]) {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), '')
}
const at = (path: string) => join(folder, path)

test('a folder becomes a tree of transcripts', () => {
  const jobs = soundJobs([at('talks')], at('out'), ['srt', 'json'])
  expect(jobs.map(({ input, outputs }) => [input, outputs.map(({ path }) => path)])).toEqual([
    [at('talks/a.wav'), [at('out/a.srt'), at('out/a.json')]],
    [at('talks/b.mp3'), [at('out/b.srt'), at('out/b.json')]],
    [at('talks/more/c.FLAC'), [at('out/more/c.srt'), at('out/more/c.json')]],
  ])
})

test('one sound goes to standard output, to a file or into a folder', () => {
  const outputs = (output?: string) => soundJobs([at('a.mp3')], output, ['txt'])[0]!.outputs.map(({ path }) => path)
  expect([outputs(), outputs(at('x.txt')), outputs(at('talks')), outputs(`${at('new')}/`)]).toEqual([
    [],
    [at('x.txt')],
    [at('talks/a.txt')],
    [at('new/a.txt')],
  ])
  expect(soundJobs(['-'], undefined, ['txt'])).toEqual([{ input: null, outputs: [] }])
})

test.each<[string, Parameters<typeof soundJobs>, string]>([
  ['several without a place', [[at('a.mp3'), at('talks')], undefined, ['txt']], 'ERR_OPTION'],
  ['several formats without a place', [[at('a.mp3')], undefined, ['txt', 'srt']], 'ERR_OPTION'],
  ['two that become one', [[at('a.mp3'), at('talks/a.wav')], at('out'), ['txt']], 'ERR_OPTION'],
  ['a missing file', [[at('none.wav')], undefined, ['txt']], 'ERR_FILE'],
  ['a folder without sound', [[at('talks/more/..//../out')], undefined, ['txt']], 'ERR_FILE'],
])('%s is refused', (_, args, code) => {
  expect(() => soundJobs(...args)).toThrow(expect.objectContaining({ code }))
})
