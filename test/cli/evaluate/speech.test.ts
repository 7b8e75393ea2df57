import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Transcriber } from '#dist/use/transcribe/transcriber.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { goldenSound } from '../../sound/golden-sound.ts'
import { smallMoonshine } from '../../use/transcribe/small-moonshine.ts'
import { glassformer } from '../command.ts'

// A model of random weights: its transcripts make no sense, and are the same each time.
const tiny = join(import.meta.dirname, '../../golden/whisper-tiny')
const evaluate = (speech: string, ...more: string[]) =>
  glassformer(['evaluate', '--speech', speech, '--model', tiny, ...more])

function clipIn(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(goldenSound, 'speech.wav'), join(folder, name))
}

/** A folder of LibriSpeech's form and Common Voice's, in which every clip is the same sound. */
function bothForms(english: string, french: string): string {
  const folder = scratchFolder()
  const chapter = join(folder, 'libri/84/121123')
  clipIn(chapter, '84-121123-0000.wav')
  writeFileSync(join(chapter, '84-121123.trans.txt'), `84-121123-0000 ${english}\n`)
  const voices = join(folder, 'voices')
  clipIn(join(voices, 'clips'), 'common_voice_fr_1.wav')
  const row = `abc\tcommon_voice_fr_1.wav\t${french}\tfr\n`
  writeFileSync(join(voices, 'test.tsv'), `client_id\tpath\tsentence\tlocale\n${row}`)
  writeFileSync(join(voices, 'train.tsv'), 'client_id\tpath\tsentence\tlocale\nabc\tmissing.mp3\tnon\tfr\n')
  writeFileSync(join(voices, 'clip_durations.tsv'), 'clip\tduration[ms]\ncommon_voice_fr_1.wav\t800\n')
  return folder
}

async function heard(language: string): Promise<string> {
  await using transcriber = await Transcriber.load(tiny)
  return (await transcriber.transcribe(join(goldenSound, 'speech.wav'), { language, seed: 1 })).text
}

describe('glassformer evaluate --speech', () => {
  test('finds no error where transcripts are what is heard, and counts each word that is not', async () => {
    const [english, french] = [await heard('en'), await heard('fr')].map((text) => text.replace(/\s+/g, ' '))
    const right = await evaluate(bothForms(english, french), '--json')
    expect(right).toMatchObject({ code: 0, stderr: '' })
    const all = JSON.parse(right.stdout)
    expect(all).toMatchObject({ clips: 2, languages: ['en', 'fr'], wer: { rate: 0 }, cer: { rate: 0 } })
    expect(all.sound).toBeCloseTo(1.6)
    const more = JSON.parse((await evaluate(bothForms(`${english} colour twenty one`, french), '--json')).stdout)
    expect(more.wer).toEqual({
      rate: 2 / (all.wer.units + 2),
      substitutions: 0,
      insertions: 0,
      deletions: 2,
      units: all.wer.units + 2,
    })
  })

  test('prints a line for each rate, and for the speed', async () => {
    const { code, stdout } = await evaluate(bothForms('hello', 'bonjour'))
    expect(code).toBe(0)
    const [wer, cer, speed] = stdout.split('\n')
    expect(wer).toMatch(/^WER = [\d.]+ % \(substitutions \d+, insertions \d+, deletions \d+ of 2 words\)$/)
    expect(cer).toMatch(/^CER = [\d.]+ % \(.* of 12 characters\)$/)
    expect(speed).toMatch(/: 2 clips, 1\.6 s of sound in [\d.]+ s by \w+/)
  })

  test('hears with Moonshine, which is told no language', async () => {
    const model = smallMoonshine(join(scratchFolder(), 'moonshine'))
    const said = await evaluate(bothForms('hello', 'bonjour'), '--model', model, '--precision', 'int8')
    expect(said).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^WER = .* of 2 words\)/) })
  })

  test('says what is missing before a model loads', async () => {
    const folder = scratchFolder()
    const said = async (...more: string[]) => (await evaluate(folder, ...more)).stderr
    expect(await said()).toMatch(/ERR_INPUT: .* has no clips/)
    writeFileSync(join(folder, 'a.trans.txt'), 'one HELLO\n')
    expect(await said()).toMatch(/ERR_FILE: .*a\.trans\.txt, line 1: there is no one\.flac or one\.wav beside it/)
    clipIn(folder, 'one.wav')
    writeFileSync(join(folder, 'a.trans.txt'), 'one \n')
    expect(await said()).toMatch(/ERR_INPUT: .*line 1: the transcript is empty/)
    writeFileSync(join(folder, 'a.trans.txt'), 'one uh\n')
    expect(await said()).toMatch(/ERR_INPUT: .*no transcript has a word that counts/)
    writeFileSync(join(folder, 'b.tsv'), 'path\tsentence\none.wav\thello\n')
    expect(await said()).toMatch(/ERR_OPTION: .*b\.tsv has no column locale: give --audio-language/)
    expect(await said('--audio-language', 'en')).toMatch(/ERR_FILE: .*line 2 of .*clips.one\.wav/)
    expect(await said('--audio-language', 'klingon')).toMatch(/ERR_OPTION: .*no language 'klingon'/)
    expect(await said('--test', 'x.tsv')).toMatch(/--test is for texts/)
  })
})
