import { useEffect, useState } from 'preact/hooks'
import { headersOf, type Server, translate } from './server.ts'

interface Model {
  name: string
  sources: readonly string[]
  targets: readonly string[]
}

/** A text and its translation, which grows while it is made. */
export function TranslationForm({ server }: { server: Server }) {
  const [text, setText] = useState('Je suis étudiant.')
  const [chosen, setChosen] = useState('')
  const [translation, setTranslation] = useState('')
  const models = useModels(server)
  const model = chosen || (models[0]?.name ?? '')

  async function submit(event: Event) {
    event.preventDefault()
    setTranslation('')
    try {
      await translate(server, { text, model }, setTranslation)
    } catch (error) {
      setTranslation(String(error))
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
            {translation}
          </output>
        </label>
      </div>
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
