import { useEffect, useRef, useState } from 'preact/hooks'
import { hasEncoder } from '../../draw/model-shape.ts'
import { CodeStrip } from './code-strip.tsx'
import { ExportButton } from './export-button.tsx'
import { ModelLoader } from './model-loader.tsx'
import { NARROW, useMedia } from './parts/media.ts'
import type { View } from './parts/view.ts'
import { RowStrip } from './row-strip.tsx'
import { Signs } from './signs.tsx'
import { SourceForm } from './source-form.tsx'
import { addressText, changed } from './state/address.ts'
import { usePage, useTrace } from './state/page.ts'
import { Catcher, Stopped } from './stopped.tsx'
import { chooseTheme, chosenTheme, nextTheme } from './theme.ts'
import { TokenStrip } from './token-strip.tsx'
import { views } from './views/registry.ts'
import { trainingView } from './views/training.tsx'

/** Header, navigation, the sentence with its translation, and the current view. */
export function Frame() {
  const page = usePage()
  const { address, run } = page
  const shown = page.data.steps ? views : views.filter(({ name }) => name !== trainingView.name)
  const view = shown.find(({ name }) => name === address.view)
  return (
    <>
      <header>
        <div class="brand">
          <h1>Glassformer</h1>
          <ModelLine />
          <ExportButton />
          <ThemeButton />
        </div>
        <SourceForm key={run.source} />
        <ModelLoader />
        <Tabs views={shown} />
      </header>
      <main>
        <Catcher shown={address} page={page} isQuiet>
          <TokenStrips />
        </Catcher>
        {view ? (
          <section aria-labelledby="view-title" class={`view ${view.name}`}>
            <h2 id="view-title">{view.title}</h2>
            <Note text={view.note} />
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

/** Parameters that may be invalid for another model. */
const OF_MODEL = {
  layer: undefined,
  head: undefined,
  heads: undefined,
  part: undefined,
  off: undefined,
  force: undefined,
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
      <TokenStrip side="target" name={isAlone ? 'Text behind its first token' : 'Translation'} text={trace.target} />
      {trace.latents && <CodeStrip latents={trace.latents} target={trace.target} />}
      <Signs trace={trace} />
    </div>
  )
}
