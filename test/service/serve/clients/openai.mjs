// OpenAI's own client at a server: openai.mjs FOLDER-OF-MODULES URL SOUND. Prints what it gets as JSON.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, url, sound] = process.argv.slice(2)
const { OpenAI, toFile } = createRequire(`${modules}/x.js`)('openai')
const openai = new OpenAI({ apiKey: 'a-key', baseURL: `${url}/v1`, maxRetries: 0 })
const file = () => createReadStream(sound)
const transcribe = (options) => openai.audio.transcriptions.create({ file: file(), model: 'whisper-1', ...options })

const events = []
let streamed = ''
for await (const event of await transcribe({ stream: true, language: 'en' })) {
  events.push(event.type)
  if (event.type === 'transcript.text.delta') streamed += event.delta
  if (event.type === 'transcript.text.done') events.push(event.text === streamed)
}
const words = ['word', 'segment']
const refused = async (work) => {
  try {
    await work()
  } catch (error) {
    return [error.constructor.name, error.status, error.code]
  }
}
console.log(
  JSON.stringify({
    json: await transcribe({ language: 'en' }),
    text: await transcribe({ language: 'en', response_format: 'text' }),
    srt: await transcribe({ language: 'en', response_format: 'srt' }),
    vtt: await transcribe({ language: 'english', response_format: 'vtt', prompt: 'A prompt.' }),
    verbose: await transcribe({ response_format: 'verbose_json', timestamp_granularities: words, temperature: 0 }),
    segments: Object.keys(await transcribe({ response_format: 'verbose_json' })),
    translated: await openai.audio.translations.create({
      file: file(),
      model: 'whisper-1',
      response_format: 'verbose_json',
    }),
    streamed,
    events: [...new Set(events)],
    damaged: await refused(async () => transcribe({ file: await toFile(Buffer.from('no sound'), 'talk.wav') })),
    unknown: await refused(() => transcribe({ model: 'none' })),
    language: await refused(() => transcribe({ language: 'klingon' })),
    diarized: await refused(() => transcribe({ response_format: 'diarized_json' })),
    stranger: await refused(() =>
      new OpenAI({ apiKey: 'wrong', baseURL: `${url}/v1`, maxRetries: 0 }).audio.transcriptions.create({
        file: file(),
        model: 'whisper-1',
      }),
    ),
  }),
)
