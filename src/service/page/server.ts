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

/** A translation so far; with its words, once it is whole, where the model says how probably they are right. */
export interface Growing {
  text: string
  confidence?: { score: number; words: readonly { start: number; end: number; score: number }[] }
}

/**
 * Translates a text, and calls `onText` with the translation so far each time that it has grown. Errors of the server
 * become texts too.
 */
export async function translate(
  server: Server,
  { text, model, confidence }: { text: string; model: string; confidence: boolean },
  onText: (translation: Growing) => void,
): Promise<void> {
  const answer = await fetch(`${server.base}v1/translate`, {
    method: 'POST',
    headers: headersOf(server, { 'content-type': 'application/json', accept: 'application/x-ndjson' }),
    body: JSON.stringify({ text, model: model || undefined, ...(confidence && { confidence }) }),
  })
  if (!answer.ok) return onText({ text: await answerText(answer) })
  let translation = ''
  let judged: Growing['confidence']
  for await (const line of linesOf(answer)) {
    const { event, text = '', error, ...others } = JSON.parse(line)
    if (event === 'piece') translation += text
    if (event === 'translation') {
      translation = text
      judged = others.confidence
    }
    if (event === 'error') translation += error.message
    onText({ text: translation, confidence: judged })
  }
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
