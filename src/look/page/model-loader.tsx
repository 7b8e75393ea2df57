import { useState } from 'preact/hooks'
import { LiveModel } from './state/live-model.ts'
import { usePage } from './state/page.ts'

/** The form where an exported file receives the model for other sentences. */
export function ModelLoader() {
  const { data, live, setLive } = usePage()
  const [said, setSaid] = useState('')
  const [isLoading, setLoading] = useState(false)
  if (data.exported === null || data.steps) return null
  if (live)
    return (
      <p class="quiet" role="status">
        {live.name} runs in this page, in {live.backend}: type any sentence.
      </p>
    )
  const load = async (model: string | Iterable<File>) => {
    setLoading(true)
    setSaid('The model is being loaded …')
    try {
      setLive(await LiveModel.load(model, ({ file, loaded }) => setSaid(`${file}: ${(loaded / 1e6).toFixed(1)} MB`)))
    } catch (error) {
      setSaid((error as Error).message)
    }
    setLoading(false)
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void load(new FormData(event.currentTarget as HTMLFormElement).get('url') as string)
  }
  return (
    <form class="model-loader" onSubmit={submit}>
      <label for="model-url">Run the model here: URL of its folder</label>
      <input
        id="model-url"
        name="url"
        required
        autocomplete="off"
        spellcheck={false}
        value={besideThis(data.models[0])}
      />
      <button type="submit" disabled={isLoading}>
        Load
      </button>
      <label>
        or the folder itself{' '}
        <input
          type="file"
          {...{ webkitdirectory: true }}
          disabled={isLoading}
          onChange={(event) => event.currentTarget.files?.length && load(event.currentTarget.files)}
        />
      </label>
      {said && (
        <p class="quiet" role="status">
          {said}
        </p>
      )}
    </form>
  )
}

/** A folder beside this file. Browsers fetch such a folder only from servers. */
const besideThis = (name: string): string =>
  /^https?:$/.test(location.protocol) ? new URL(`${name}/`, location.href).href : ''
