import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { speechLanguages } from '../../../base/choices/speech-languages.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Transcript, TranscriptSegment } from '../../../sound/transcript/transcript.ts'
import { openAiRecord, toSrt, toVtt } from '../../../sound/transcript/writers.ts'
import type { TranscribeOptions } from '../../../use/transcribe/options.ts'
import { authorizing, clientOf, keyOf } from '../access/authorize.ts'
import { type Fields, refused } from '../requests/fields.ts'
import { type FileForm, fileFormOf } from '../requests/multipart.ts'
import { problemOf } from '../requests/problem.ts'
import { callSignal } from '../running/call-signal.ts'
import { jsonInSlices } from '../running/json-in-slices.ts'
import type { Service } from '../service/service.ts'
import { sendOpenAiError } from './error-json.ts'
import { transcriptionSchema, translationSchema } from './schemas.ts'
import { readSpeechRequest, type SpeechRequest } from './speech-request.ts'

/** The length of the sound, as OpenAI bills it: whole seconds. */
const usageOf = ({ duration }: Pick<Transcript, 'duration'>) => ({
  type: 'duration',
  seconds: Math.ceil(duration),
})

/** The body of an answer: an object that becomes JSON, or a text. */
function answerOf(transcript: Transcript, { format, granularities }: SpeechRequest): object | string {
  switch (format) {
    case 'json':
      return { text: transcript.text, usage: usageOf(transcript) }
    case 'text':
      return `${transcript.text}\n`
    case 'srt':
      return toSrt(transcript)
    case 'vtt':
      return toVtt(transcript)
    case 'verbose_json':
      return verbose(transcript, granularities)
  }
}

function verbose(transcript: Transcript, granularities: SpeechRequest['granularities']): object {
  const { task, language, duration, text } = transcript
  const { segments } = openAiRecord(transcript)
  return {
    task,
    language:
      task === 'translate' ? 'english' : (speechLanguages[language as keyof typeof speechLanguages] ?? language),
    duration,
    text,
    ...(granularities.includes('segment') && { segments: segments.map(({ words: _, ...segment }) => segment) }),
    ...(granularities.includes('word') && {
      words: transcript.segments.flatMap(({ words = [] }) =>
        words.map(({ word, start, end }) => ({ word: word.trim(), start, end })),
      ),
    }),
    usage: usageOf(transcript),
  }
}

/** An event of a stream, as OpenAI's clients read them. */
type TranscriptEvent =
  | { type: 'transcript.text.delta'; delta: string }
  | { type: 'transcript.text.done'; text: string; usage: object }

/**
 * Sends the text of segments as they come, and at last all of it. The first segment is awaited before the stream begins,
 * so that an error before it has its own status; a later one is an event. `end` is called when all is sent, or the
 * client has left.
 */
async function transcriptStream(
  segments: AsyncGenerator<TranscriptSegment, Transcript>,
  errorFor: (error: unknown) => unknown,
  end: (transcript: Transcript | null) => void,
): Promise<Readable> {
  const first = await segments.next()
  let whole: Transcript | null = null
  return Readable.from(written(), { objectMode: false }).once('close', () => end(whole))

  async function* written(): AsyncGenerator<string, void, undefined> {
    let text = ''
    try {
      for (let next = first; ; next = await segments.next()) {
        if (next.done) {
          whole = next.value
          yield line({ type: 'transcript.text.done', text, usage: usageOf(whole) })
          yield 'data: [DONE]\n\n'
          return
        }
        const delta = text === '' ? next.value.text.trimStart() : next.value.text
        text += delta
        if (delta) yield line({ type: 'transcript.text.delta', delta })
      }
    } catch (error) {
      const { code, message } = problemOf(errorFor(error))
      yield `event: error\ndata: ${JSON.stringify({ error: { code, message, type: 'server_error' } })}\n\n`
    } finally {
      await segments.return(undefined as never)
    }
  }
}

const line = (event: TranscriptEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** Bytes of a file of sound at most, as at OpenAI. */
const LARGEST_SOUND = 25 << 20
/** Bytes of the other fields and of the borders between parts. */
const OTHER_BYTES = 1 << 18
const MOST_FIELDS = 100

/** Tells that most of a body is a file. */
const OF_FILE = { takesFile: true } as object

/** The body limit of a route that takes a file of sound. */
const AUDIO_BODY = LARGEST_SOUND + OTHER_BYTES

/** A parser of forms with a file. */
function addAudioForms(app: FastifyInstance): void {
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, ({ headers }: FastifyRequest, body: Buffer) =>
    fileFormOf(body, present(headers['content-type']), { parts: MOST_FIELDS, fileBytes: LARGEST_SOUND }),
  )
}

/** The sound and the fields of a form; a field that is repeated, or whose name ends in [], is a list. */
interface AudioForm {
  sound: Uint8Array
  fields: Fields
}

/** @throws GlassformerError ERR_INPUT for a body that is no form, or has no file */
function audioFormOf(body: unknown): AudioForm {
  const form = body as FileForm | undefined
  if (!form || !Array.isArray(form.fields))
    throw refused('The body must be a form, as multipart/form-data, with the sound in its field file.')
  if (form.file?.name !== 'file') throw refused('The form has no file in its field file.')
  if (!form.file.bytes.length) throw new GlassformerError('ERR_INPUT', 'The file is empty.')
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of form.fields) {
    const isList = name.endsWith('[]')
    const plain = isList ? name.slice(0, -2) : name
    const before = fields[plain]
    fields[plain] = before === undefined ? (isList ? [value] : value) : [...[before].flat(), value]
  }
  return { sound: form.file.bytes, fields }
}

/** A request whose sound is to be written down. */
interface Heard {
  request: FastifyRequest
  reply: FastifyReply
  asked: SpeechRequest
  sound: Uint8Array
}

/** OpenAI's API of speech: its clients work after a change of their address. */
export async function openai(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  app.setErrorHandler((error, _, reply) => sendOpenAiError(reply, error))
  app.addHook('onRequest', authorizing(service.keys))
  addAudioForms(app)

  for (const [path, task, schema] of [
    ['transcriptions', 'transcribe', transcriptionSchema],
    ['translations', 'translate', translationSchema],
  ] as const)
    app.post(`/v1/audio/${path}`, { schema, bodyLimit: AUDIO_BODY, config: OF_FILE }, async (request, reply) => {
      const { sound, fields } = audioFormOf(request.body)
      const asked = readSpeechRequest(fields, task)
      service.usage.checkLeft(keyOf(request))
      const heard = { request, reply, asked, sound }
      return asked.isStream ? stream(service, heard) : whole(service, heard)
    })
}

async function whole(service: Service, { request, reply, asked, sound }: Heard): Promise<FastifyReply> {
  const model = service.speech.named(asked.model)
  const call = callSignal(request, reply, service.timeForSpeech())
  try {
    const options = optionsFor(request, asked, call.signal)
    const transcript = await service.speech.use(model, call.signal, (transcriber) =>
      transcriber.transcribe(sound, options),
    )
    service.usage.count(keyOf(request), transcript.text.length)
    const answer = answerOf(transcript, asked)
    if (typeof answer === 'string') return reply.type('text/plain; charset=utf-8').send(answer)
    return reply.type('application/json; charset=utf-8').send(await jsonInSlices(answer))
  } catch (error) {
    throw call.errorFor(error)
  } finally {
    call.end()
  }
}

async function stream(service: Service, { request, reply, asked, sound }: Heard): Promise<FastifyReply> {
  const model = service.speech.named(asked.model)
  const call = callSignal(request, reply, service.timeForSpeech())
  const key = keyOf(request)
  try {
    const options = optionsFor(request, asked, call.signal)
    const transcriber = await service.speech.loaded(model, call.signal)
    const segments = transcriber.stream(sound, options)
    const events = await transcriptStream(segments, call.errorFor, (transcript) => {
      call.end()
      if (transcript) service.usage.count(key, transcript.text.length)
    })
    return reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream')
      .send(events)
  } catch (error) {
    call.end()
    throw call.errorFor(error)
  }
}

const optionsFor = (request: FastifyRequest, { options }: SpeechRequest, signal: AbortSignal): TranscribeOptions => ({
  ...options,
  client: clientOf(request),
  signal,
})
