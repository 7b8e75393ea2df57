import { useEffect, useState } from 'preact/hooks'
import { droppedFiles } from './state/dropped-files.ts'
import { type LiveModel, loadLive, type ModelCode } from './state/live-model.ts'
import { usePage } from './state/page.ts'

/** The form where a page without a server receives a model: an exported file for other sentences, the site for the visitor's own. */
export function ModelLoader() {
  const { data, live, code, isInSite } = usePage()
  if (code === null || data.steps) return null
  if (isInSite) return <OwnModel code={code} />
  if (live) return <Running live={live} />
  return <Loader code={code} />
}

const Running = ({ live }: { live: LiveModel }) => (
  <p class="quiet" role="status">
    {live.name} runs in this page, in {live.backend}: type any sentence.
  </p>
)

/** The visitor's own model beside the site's, collapsed. A folder may be dropped anywhere on the page. */
function OwnModel({ code }: { code: ModelCode }) {
  const { live } = usePage()
  return (
    <details class="own-model">
      <summary>Your own model</summary>
      <p class="quiet">
        Drop a model’s folder on this page (Marian, BART, T5 and others of Hugging Face’s layout, or ours), or choose it
        here. It is read by your browser, and never leaves this machine.
      </p>
      <Loader code={code} />
      {live && <Running live={live} />}
    </details>
  )
}

function Loader({ code }: { code: ModelCode }) {
  const { addLive, isInSite } = usePage()
  const [said, setSaid] = useState('')
  const [isLoading, setLoading] = useState(false)
  const load = async (model: string | Iterable<File>) => {
    setLoading(true)
    setSaid('The model is being loaded …')
    try {
      addLive(await loadLive(model, code, ({ file, loaded }) => setSaid(`${file}: ${megabytes(loaded)}`)))
      setSaid('')
    } catch (error) {
      setSaid((error as Error).message)
    }
    setLoading(false)
  }
  useDrop((files) => void load(files))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void load(new FormData(event.currentTarget as HTMLFormElement).get('url') as string)
  }
  return (
    <form class="model-loader" onSubmit={submit}>
      {!isInSite && <UrlField isLoading={isLoading} />}
      <label>
        {isInSite ? 'The model’s folder' : 'or the folder itself'}{' '}
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

/** The policy of the site allows no other hosts, so that it has no such field. */
const UrlField = ({ isLoading }: { isLoading: boolean }) => (
  <>
    <label for="model-url">Run the model here: URL of its folder</label>
    <input
      id="model-url"
      name="url"
      required
      autocomplete="off"
      spellcheck={false}
      value={besideThis(usePage().data.models[0])}
    />
    <button type="submit" disabled={isLoading}>
      Load
    </button>
  </>
)

/** Calls `take` with the files of a folder that is dropped anywhere on the page. */
function useDrop(take: (files: File[]) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      if (event.dataTransfer?.items.length) void droppedFiles(event.dataTransfer.items).then(take)
    }
    document.addEventListener('dragover', over)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('drop', drop)
    }
  })
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** A folder beside this file. Browsers fetch such a folder only from servers. */
const besideThis = (name: string): string =>
  /^https?:$/.test(location.protocol) ? new URL(`${name}/`, location.href).href : ''
