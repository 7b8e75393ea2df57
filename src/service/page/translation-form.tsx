import { useEffect, useState } from 'preact/hooks'
import { type Growing, headersOf, type Server, translate } from './server.ts'

interface Model {
  name: string
  sources: readonly string[]
  targets: readonly string[]
  /** Whether it says how probably words are right; told of a model that is loaded. */
  hasConfidence?: boolean
}

/** A text and its translation, which grows while it is made. */
export function TranslationForm({ server }: { server: Server }) {
  const [text, setText] = useState('Je suis étudiant.')
  const [chosen, setChosen] = useState('')
  const [translation, setTranslation] = useState<Growing>({ text: '' })
  const models = useModels(server)
  const model = chosen || (models[0]?.name ?? '')
  const confidence = models.find(({ name }) => name === model)?.hasConfidence ?? false

  async function submit(event: Event) {
    event.preventDefault()
    setTranslation({ text: '' })
    try {
      await translate(server, { text, model, confidence }, setTranslation)
    } catch (error) {
      setTranslation({ text: String(error) })
    }
  }

  return (
    <form onSubmit={submit}>
      <div class="row">
        <label>
          Text <textarea id="text" dir="auto" value={text} onInput={({ currentTarget: { value } }) => setText(value)} />
        </label>
        <label>
          Translation{' '}
          <output id="translation" dir="auto">
            <Words translation={translation} />
          </output>
        </label>
      </div>
      {translation.confidence && (
        <p class="confidence">
          Confidence {percent(translation.confidence.score)}. Underlined words are right with a probability below{' '}
          {percent(DOUBTFUL)}.
        </p>
      )}
      <label>
        Model{' '}
        <select value={model} onChange={({ currentTarget: { value } }) => setChosen(value)}>
          {models.map(({ name, sources, targets }) => (
            <option key={name} value={name}>
              {name} ({sources.join('|') || 'any'} → {targets.join('|') || 'any'})
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Translate</button>
    </form>
  )
}

/** A word of less probability deserves a second look. */
const DOUBTFUL = 0.7

const percent = (part: number) => `${Math.round(100 * part)} %`

/** A translation, in which words that may be wrong are marked. */
function Words({ translation: { text, confidence } }: { translation: Growing }) {
  const parts = []
  let at = 0
  for (const { start, end, score } of confidence?.words ?? []) {
    if (score >= DOUBTFUL) continue
    parts.push(
      text.slice(at, start),
      <mark key={start} title={`right with a probability of ${percent(score)}`}>
        {text.slice(start, end)}
      </mark>,
    )
    at = end
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  )
}

/** The models that the server names to the user's key; none where it refuses. */
function useModels(server: Server): readonly Model[] {
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
