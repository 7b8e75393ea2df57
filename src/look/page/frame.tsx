import { useEffect, useRef, useState } from 'preact/hooks'
import { hasEncoder } from '../../draw/model-shape.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { shownTokens } from '../../trace/figure/tokens.ts'
import { ModelLoader } from './model-loader.tsx'
import { NARROW, useMedia } from './parts/media.ts'
import { NumberOrigin } from './parts/number-origin.tsx'
import { SentenceInput } from './parts/sentence-input.tsx'
import type { View } from './parts/view.ts'
import { RowStrip } from './row-strip.tsx'
import { addressText, changed } from './state/address.ts'
import { usePage, useTrace } from './state/page.ts'
import { OF_MODEL } from './state/run.ts'
import { Catcher, Stopped } from './stopped.tsx'
import { chooseTheme, chosenTheme, nextTheme } from './theme.ts'
import { TokenStrip } from './token-strip.tsx'
import { views } from './views/registry.ts'
import { tourView } from './views/tour.tsx'
import { trainingView } from './views/training.tsx'

interface FrameProps {
  title: string
  /** A view in place of the tour, which is shown without the tabs of the others. */
  lead?: View
}

/** Header, navigation, the sentence with its translation, and the current view. */
export function Frame({ title, lead }: FrameProps) {
  const page = usePage()
  const { address, run } = page
  const known = page.data.steps ? views : views.filter(({ name }) => name !== trainingView.name)
  const shown = lead ? known.map((view) => (view.name === tourView.name ? lead : view)) : known
  const view = shown.find(({ name }) => name === address.view)
  return (
    <>
      <header>
        <div class="brand">
          <h1>{title}</h1>
          <ModelLine />
          <ExportButton />
          {!page.isInSite && <ThemeButton />}
        </div>
        <SourceForm key={run.source} />
        <ModelLoader />
        {(!lead || view !== lead) && <Tabs views={shown} />}
      </header>
      <main>
        <Catcher shown={address} page={page} isQuiet>
          <TokenStrips />
        </Catcher>
        {view ? (
          <section aria-labelledby="view-title" class={`view ${view.name}`}>
            <h2 id="view-title">{view.title}</h2>
            <Note text={view.note} />
            <Catcher shown={address} page={page} isQuiet>
              <NumberOrigin />
            </Catcher>
            <Catcher shown={address} page={page} key={view.name}>
              <view.Show />
            </Catcher>
          </section>
        ) : (
          <Stopped error={new Error(`There is no view “${address.view}”: choose one above.`)} go={page.go} />
        )}
      </main>
    </>
  )
}

/** A tab for each view. Where the tabs do not fit side by side, the open one is scrolled into view. */
function Tabs({ views }: { views: readonly View[] }) {
  const { address } = usePage()
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    const open = tabs.current?.querySelector<HTMLElement>('[aria-current]')
    // biome-ignore lint/style/noNonNullAssertion: the element is there once effects run
    if (open) tabs.current!.scrollLeft = open.offsetLeft - (tabs.current!.clientWidth - open.offsetWidth) / 2
  }, [address.view])
  return (
    <nav aria-label="Views" ref={tabs}>
      {views.map(({ name, title }) => (
        <a
          key={name}
          href={addressText(changed(address, {}, name))}
          aria-current={name === address.view ? 'page' : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  )
}

/** The explanation of a view; collapsed on a phone, where it would cover the view. */
function Note({ text }: { text: string }) {
  if (!useMedia(NARROW)) return <p class="note">{text}</p>
  return (
    <details class="note">
      <summary>What this shows</summary>
      {text}
    </details>
  )
}

function ModelLine() {
  const { data, run, go } = usePage()
  if (data.models.length === 1) return <p class="model">{run.model}</p>
  return (
    <label class="model">
      Model{' '}
      <select value={run.model} onChange={(event) => go({ ...OF_MODEL, model: event.currentTarget.value })}>
        {data.models.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme)
  const names = { auto: 'system', light: 'light', dark: 'dark' }
  const change = () => {
    const next = nextTheme(theme)
    chooseTheme(next)
    setTheme(next)
  }
  return (
    <button type="button" class="theme" onClick={change}>
      Theme: {names[theme]}
    </button>
  )
}

function TokenStrips() {
  const trace = useTrace()
  if (!trace)
    return (
      <p class="waiting" role="status">
        The model is at work …
      </p>
    )
  const isAlone = !hasEncoder(trace.model)
  return (
    <div class="strips">
      <TokenStrip side="source" name={isAlone ? 'Prompt' : 'Source'} text={trace.source} />
      {trace.source.rows && <RowStrip trace={trace} />}
      <TokenStrip side="target" name={isAlone ? 'Text after its first token' : 'Translation'} text={trace.target} />
      {trace.latents && <CodeStrip latents={trace.latents} target={trace.target} />}
      <Signs trace={trace} />
    </div>
  )
}

/** The codes of an autoencoder in a row, each with the tokens that it stands for. */
function CodeStrip({ latents, target }: { latents: NonNullable<Trace['latents']>; target: Trace['target'] }) {
  const tokens = shownTokens(target)
  const { every, codes } = latents
  return (
    <div class="strip">
      <span id="strip-codes">Codes</span>
      <ul aria-labelledby="strip-codes" dir="auto">
        {codes.map((code, i) => (
          <li key={i} class="code">
            <b>{code}</b> <bdi>{tokens.slice(i * every, (i + 1) * every).join(' ')}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A button that saves the current page as a file that needs no server. */
function ExportButton() {
  const { address, traces, data } = usePage()
  const [said, setSaid] = useState('')
  if (data.exported) return null
  const save = async () => {
    setSaid('…')
    try {
      const url = URL.createObjectURL(await traces.exported(addressText(address).slice(1)))
      const link = document.createElement('a')
      link.href = url
      link.download = 'glassformer.html'
      link.click()
      URL.revokeObjectURL(url)
      setSaid('')
    } catch (error) {
      setSaid((error as Error).message)
    }
  }
  return (
    <>
      <span role="status">{said}</span>
      <button type="button" onClick={save} title="One file that shows this sentence in every view, without a server">
        Export
      </button>
    </>
  )
}

/** The legend of special signs in this sentence's tokens. */
function Signs({ trace }: { trace: Trace }) {
  return (
    <p class="quiet signs">
      {signsOf(trace).map(([sign, meaning]) => (
        <span key={sign}>
          <bdi>
            <code>{sign}</code>
          </bdi>{' '}
          {meaning}
        </span>
      ))}
    </p>
  )
}

function signsOf({ source, target, latents }: Trace): [sign: string, meaning: string][] {
  const shown = [...shownTokens(source), ...shownTokens(target)]
  const within = shown.find((token) => /^·./.test(token))
  const end = source.words.at(-1) === -1 ? source.tokens.at(-1) : undefined
  const [start] = target.inputs.tokens
  return [
    ...(within === undefined ? [] : [[within, 'continues a word'] as [string, string]]),
    ...(end === undefined ? [] : [[end, 'the end'] as [string, string]]),
    ...(latents || start === undefined || start === end
      ? []
      : [[start, 'the start, which the decoder reads first'] as [string, string]]),
  ]
}

/** The sentence, and the button that runs the model. */
function SourceForm() {
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
