import { useEffect, useState } from 'preact/hooks'

/** The server that sent this page, as the user of the page calls it. */
export interface Server {
  /** The path of its routes, with a slash at the end. */
  base: string
  /** An API key; '' for none. */
  key: string
}

export const headersOf = ({ key }: Server, others: Record<string, string> = {}): Record<string, string> => ({
  ...others,
  ...(key && { authorization: `Bearer ${key}` }),
})

/** An answer as a text: its status, and its body, indented where it is JSON. */
export const answerText = async (answer: Response): Promise<string> =>
  `${answer.status} ${answer.statusText}\n${indented(await answer.text())}`

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** A model that the server has. */
export interface Model {
  name: string
  /** Codes of languages; empty where they are unknown. */
  sources: readonly string[]
  targets: readonly string[]
  /** Whether it says how probably words are right; told of a model that is loaded. */
  hasConfidence?: boolean
}

/** The models that the server names to the user's key; none where it refuses. */
export function useModels(server: Server): readonly Model[] {
  const [models, setModels] = useState<readonly Model[]>([])
  const { base, key } = server
  useEffect(() => {
    let isCurrent = true
    const load = async () => {
      const answer = await fetch(`${base}v1/models`, { headers: headersOf({ base, key }) })
      const found = answer.ok ? (await answer.json()).models : []
      if (isCurrent) setModels(found)
    }
    load().catch(() => {})
    return () => {
      isCurrent = false
    }
  }, [base, key])
  return models
}

/** A translation so far; once it is whole, with its words, where the model says how probably they are right, and with others. */
export interface Growing {
  text: string
  confidence?: { score: number; words: readonly { start: number; end: number; score: number }[] }
  alternatives?: readonly string[]
}

interface Asked {
  text: string
  /** The languages or the model, as the request has them. */
  fields: Record<string, string>
  confidence: boolean
  /** The number of translations; 0: only the best. */
  alternatives: number
}

/**
 * Translates a text, and calls `onText` with the translation so far each time that it has grown. Errors of the server
 * become texts too.
 */
export async function translate(
  server: Server,
  { text, fields, confidence, alternatives }: Asked,
  onText: (translation: Growing) => void,
): Promise<void> {
  const answer = await fetch(`${server.base}v1/translate`, {
    method: 'POST',
    headers: headersOf(server, { 'content-type': 'application/json', accept: 'application/x-ndjson' }),
    body: JSON.stringify({
      text,
      ...fields,
      ...(confidence && { confidence }),
      ...(alternatives && { alternatives, beams: alternatives }),
    }),
  })
  if (!answer.ok) return onText({ text: await answerText(answer) })
  let translation = ''
  let whole: Omit<Growing, 'text'> = {}
  for await (const line of linesOf(answer)) {
    const { event, text = '', error, ...others } = JSON.parse(line)
    if (event === 'piece') translation += text
    if (event === 'translation') {
      translation = text
      const found = (others.alternatives ?? []).map((each: { text: string }) => each.text)
      const apart = found.filter((each: string) => each !== text)
      whole = { confidence: others.confidence, ...(apart.length && { alternatives: apart }) }
    }
    if (event === 'error') translation += error.message
    onText({ text: translation, ...whole })
  }
}

/** Milliseconds between two questions how far a document is. */
const EVERY = 300

/** Sends a document, tells `onState` how far it is, and returns the translated one; null where the server refuses it. */
export async function translateDocument(
  server: Server,
  file: File,
  fields: Record<string, string>,
  onState: (state: string) => void,
): Promise<{ name: string; content: Blob } | null> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', file)
  const headers = headersOf(server)
  const path = `${server.base}v1/documents`
  const sent = await fetch(path, { method: 'POST', headers, body })
  if (!sent.ok) return refused(sent, onState)
  const { id } = await sent.json()
  for (;;) {
    const answer = await fetch(`${path}/${id}`, { headers })
    if (!answer.ok) return refused(answer, onState)
    const { status, characters } = await answer.json()
    if (status === 'done' || status === 'error') break
    onState(`${status}: ${characters} characters so far`)
    await new Promise((resolve) => setTimeout(resolve, EVERY))
  }
  const result = await fetch(`${path}/${id}/result`, { headers })
  if (!result.ok) return refused(result, onState)
  return { name: file.name, content: await result.blob() }
}

async function refused(answer: Response, onState: (state: string) => void): Promise<null> {
  onState(await answerText(answer))
  return null
}

/** The lines of a body that are not empty, each as soon as it has arrived. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  // biome-ignore lint/style/noNonNullAssertion: an answer without an error has a body
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    // biome-ignore lint/style/noNonNullAssertion: split() gives at least one text
    rest = lines.pop()!
    yield* lines.filter(Boolean)
  }
}
