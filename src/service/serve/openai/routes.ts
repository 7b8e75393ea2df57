import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TranscribeOptions } from '../../../use/transcribe/options.ts'
import { authorizing, clientOf, keyOf } from '../access/authorize.ts'
import { callSignal } from '../running/call-signal.ts'
import { jsonInSlices } from '../running/json-in-slices.ts'
import type { Service } from '../service/service.ts'
import { answerOf } from './answers.ts'
import { AUDIO_BODY, addAudioForms, audioFormOf } from './audio-form.ts'
import { sendOpenAiError } from './error-json.ts'
import { transcriptionSchema, translationSchema } from './schemas.ts'
import { readSpeechRequest, type SpeechRequest } from './speech-request.ts'
import { transcriptStream } from './transcript-events.ts'

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
    app.post(`/v1/audio/${path}`, { schema, bodyLimit: AUDIO_BODY }, async (request, reply) => {
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
