import { useEffect, useState } from 'preact/hooks'
import { type Chosen, fieldsOf, Languages, NOTHING_CHOSEN } from './languages.tsx'
import { type Model, type Server, translateDocument } from './server.ts'

/** A document that is sent to the server, and comes back translated. */
export function DocumentForm({ server, models }: { server: Server; models: readonly Model[] }) {
  const [chosen, setChosen] = useState<Chosen>(NOTHING_CHOSEN)
  const [file, setFile] = useState<File | null>(null)
  const [state, setState] = useState('')
  const [result, setResult] = useState<{ url: string; name: string } | null>(null)
  useEffect(() => () => void (result && URL.revokeObjectURL(result.url)), [result])

  async function submit(event: Event) {
    event.preventDefault()
    if (!file) return
    setResult(null)
    try {
      const found = await translateDocument(server, file, fieldsOf(models, chosen), setState)
      setState(found ? 'translated' : '')
      if (found) setResult({ url: URL.createObjectURL(found.content), name: found.name })
    } catch (error) {
      setState(String(error))
    }
  }

  return (
    <form class="document" onSubmit={submit}>
      <h2>Document</h2>
      <Languages models={models} chosen={chosen} onChoose={setChosen} />
      <label>
        File (Word, PowerPoint, Excel, OpenDocument, EPUB, HTML, Markdown, subtitles, strings of programs and others){' '}
        <input type="file" name="file" onChange={({ currentTarget: { files } }) => setFile(files?.[0] ?? null)} />
      </label>
      <button type="submit" disabled={!file}>
        Translate the document
      </button>
      <p class="state" role="status">
        {state}{' '}
        {result && (
          <a href={result.url} download={result.name}>
            Save {result.name}
          </a>
        )}
      </p>
    </form>
  )
}
