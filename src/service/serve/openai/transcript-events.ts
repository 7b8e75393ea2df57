import { Readable } from 'node:stream'
import type { Transcript, TranscriptSegment } from '../../../sound/transcript/transcript.ts'
import { problemOf } from '../requests/problem.ts'
import { usageOf } from './answers.ts'

/** An event of a stream, as OpenAI's clients read them. */
type TranscriptEvent =
  | { type: 'transcript.text.delta'; delta: string }
  | { type: 'transcript.text.done'; text: string; usage: object }

/**
 * Sends the text of segments as they come, and at last all of it. The first segment is awaited before the stream begins,
 * so that an error before it has its own status; a later one is an event. `end` is called when all is sent, or the
 * client has left.
 */
export async function transcriptStream(
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
