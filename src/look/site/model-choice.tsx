import { useEffect, useState } from 'preact/hooks'
import type { LoadProgress } from '../../use/web/loading/load-options.ts'
import { droppedFiles } from '../page/state/dropped-files.ts'
import { backendName } from '../page/state/live-model.ts'

/** A published model that a page proposes. */
export interface Proposal {
  name: string
  /** The address of its folder. */
  address: string
  bytes: number
  license: string
}

/** What a page tells of a loaded model. */
interface Loaded {
  model: { name: string }
  cache: { kept: boolean }
  backendInfo(): { backend: string; precision?: string }
}

interface ModelChoiceProps<Model> {
  proposal: Proposal
  /** @throws GlassformerError */
  load(model: string | File[], progress: (progress: LoadProgress) => void): Promise<Model>
  onLoaded(model: Model): void
}

/**
 * Where a visitor chooses the model of a page: nothing is fetched before. `#model=ADDRESS` fills in the address, and
 * does not fetch it either.
 */
export function ModelChoice<Model extends Loaded>({ proposal, load, onLoaded }: ModelChoiceProps<Model>) {
  const { name, bytes, license } = proposal
  const given = new URLSearchParams(location.hash.slice(1)).get('model')
  const [address, setAddress] = useState(given ?? proposal.address)
  const [said, setSaid] = useState('')
  const [part, setPart] = useState<number | null>(null)
  const begin = async (model: string | File[]) => {
    setPart(0)
    setSaid('The model is being loaded.')
    try {
      const loaded = await load(model, ({ file, loaded, total }) => {
        setSaid(`${file}: ${megabytes(loaded)}${total === null ? '' : ` of ${megabytes(total)}`}`)
        if (total !== null && total > 1e6) setPart(loaded / total)
      })
      const { backend, precision } = loaded.backendInfo()
      const kept = loaded.cache.kept ? '; kept in the browser’s cache' : ''
      setSaid(`${loaded.model.name} runs in this page (${backendName(backend)}, ${precision})${kept}.`)
      onLoaded(loaded)
    } catch (error) {
      setSaid((error as Error).message)
    }
    setPart(null)
  }
  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      if (event.dataTransfer?.items.length) void droppedFiles(event.dataTransfer.items).then(begin)
    }
    document.addEventListener('dragover', over)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('drop', drop)
    }
  }, [])
  const isProposal = address === proposal.address
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void begin(address)
  }
  return (
    <form class="model-choice" onSubmit={submit}>
      <label for="model-address">Address of a model’s folder</label>
      <input
        id="model-address"
        value={address}
        required
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setAddress(event.currentTarget.value)}
      />
      <button type="submit" disabled={part !== null}>
        {isProposal ? `Download ${name} (${megabytes(bytes)}, ${license})` : 'Load'}
      </button>
      <label>
        or a folder of your own, which never leaves this machine{' '}
        <input
          type="file"
          {...{ webkitdirectory: true }}
          disabled={part !== null}
          onChange={(event) => event.currentTarget.files?.length && void begin([...event.currentTarget.files])}
        />
      </label>
      {part !== null && <progress max="1" value={part} aria-label="Loading the model" />}
      <p id="state" role="status">
        {said || 'Nothing is loaded until you choose a model.'}
      </p>
    </form>
  )
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
