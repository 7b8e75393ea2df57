import { useState } from 'preact/hooks'
import { type Chosen, fieldsOf, Languages, NOTHING_CHOSEN } from './languages.tsx'
import { type Growing, type Model, type Server, translate } from './server.ts'

/** A text and its translation, which grows while it is made. */
export function TranslationForm({ server, models }: { server: Server; models: readonly Model[] }) {
  const [text, setText] = useState('Je suis étudiant.')
  const [chosen, setChosen] = useState<Chosen>(NOTHING_CHOSEN)
  const [wantsOthers, setWantsOthers] = useState(false)
  const [translation, setTranslation] = useState<Growing>({ text: '' })
  const confidence = models.some(({ hasConfidence }) => hasConfidence)

  async function submit(event: Event) {
    event.preventDefault()
    setTranslation({ text: '' })
    try {
      const fields = fieldsOf(models, chosen)
      await translate(server, { text, fields, confidence, alternatives: wantsOthers ? OTHERS : 0 }, setTranslation)
    } catch (error) {
      setTranslation({ text: String(error) })
    }
  }

  const swap = () => {
    if (translation.text) setText(translation.text)
    setTranslation({ text: '' })
  }

  return (
    <form onSubmit={submit}>
      <Languages models={models} chosen={chosen} onChoose={setChosen} onSwap={swap} />
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
      {translation.alternatives && (
        <ol class="alternatives" aria-label="Other translations">
          {translation.alternatives.map((other) => (
            <li key={other} dir="auto">
              {other}
            </li>
          ))}
        </ol>
      )}
      <label class="tick">
        <input
          type="checkbox"
          name="alternatives"
          checked={wantsOthers}
          onChange={({ currentTarget: { checked } }) => setWantsOthers(checked)}
        />{' '}
        Other translations too
      </label>
      <button type="submit">Translate</button>
    </form>
  )
}

/** The number of translations where others are asked for. */
const OTHERS = 4

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
