import { useState } from 'preact/hooks'
import { SentenceInput } from './parts/sentence-input.tsx'
import { usePage } from './state/page.ts'

/** The sentence, and the button that runs the model. */
export function SourceForm() {
  const { run, exported, data, go } = usePage()
  const [source, setSource] = useState(run.source)
  const isNew = source !== run.source
  const sources = [...new Set(data.exported?.map(({ run }) => run.source))]
  if (exported && sources.length > 1)
    return (
      <form class="source" onSubmit={(event) => event.preventDefault()}>
        <label>
          Sentence{' '}
          <select value={run.source} onChange={(event) => go({ source: event.currentTarget.value, token: undefined })}>
            {sources.map((text) => (
              <option key={text}>{text}</option>
            ))}
          </select>
        </label>
      </form>
    )
  const start = (event: Event) => {
    event.preventDefault()
    go({ source, token: undefined, step: undefined, force: undefined })
  }
  return (
    <form class="source" onSubmit={start}>
      <label for="source">Sentence</label>
      <SentenceInput id="source" text={source} exported={exported} onText={setSource} />
      <button type="submit" disabled={exported || !isNew || source.trim() === ''}>
        Run
      </button>
      {exported && <p class="quiet">An exported file: other sentences need the model.</p>}
    </form>
  )
}
