/** The front page: French is translated in the page, and the attention of that translation is drawn below it. */
import { type FigureOptions, figure, figureNeeds, type Translator } from '../../use/web/index.ts'
import { chooseTheme, chosenTheme, nextTheme } from '../page/theme.ts'
import { addressOf, readAddress } from './address.ts'
import { loadModel } from './model.ts'

/** Pause in typing after which the text is translated, in milliseconds. */
const PAUSE = 400

const source = element<HTMLTextAreaElement>('source')
const target = element('target')
const state = element('state')
const bar = element<HTMLProgressElement>('progress')
const attention = element('attention')
const theme = element('theme')

let running = new AbortController()
let pause: ReturnType<typeof setTimeout> | undefined

chooseTheme(chosenTheme())
// A wide picture scrolls, by keys as well.
attention.tabIndex = 0
theme.onclick = () => {
  chooseTheme(nextTheme(chosenTheme()))
  theme.textContent = `Theme: ${chosenTheme()}`
}
theme.textContent = `Theme: ${chosenTheme()}`
source.value = readAddress(location.hash).s ?? source.value
void start()

async function start(): Promise<void> {
  if (location.protocol === 'file:') {
    state.textContent = 'Browsers fetch no model for a page opened from disk. Serve this folder: npx http-server site'
    bar.hidden = true
    return
  }
  try {
    const translator = await loadModel((loaded, total) => {
      // A file that is begun has no bytes yet.
      if (total > 0) bar.value = loaded / total
      state.textContent = `Loading the model: ${(loaded / 1e6).toFixed(1)} MB`
    })
    const { backend, precision } = translator.backendInfo()
    const kept = translator.cache.kept ? 'kept in the browser’s cache' : `not kept: ${translator.cache.reason}`
    state.textContent = `The model runs in this page (${backend}, ${precision}); ${kept}.`
    bar.hidden = true
    source.oninput = () => {
      clearTimeout(pause)
      pause = setTimeout(() => void show(translator), PAUSE)
    }
    await show(translator)
  } catch (error) {
    bar.hidden = true
    state.textContent = (error as Error).message
  }
}

async function show(translator: Translator): Promise<void> {
  running.abort()
  running = new AbortController()
  const { signal } = running
  const text = source.value.trim()
  history.replaceState(null, '', addressOf({ ...readAddress(location.hash), s: text }))
  target.textContent = ''
  attention.replaceChildren()
  if (text === '') return
  try {
    const { text: translated } = await translator.translate(text, { beams: 1, signal })
    if (signal.aborted) return
    target.textContent = translated
    // The picture shows the first sentence.
    const [sentence] = text.match(/[^.!?]+[.!?]*/) ?? [text]
    const drawn: FigureOptions = { kind: 'cross' }
    const trace = await translator.inspect(sentence.trim(), { ...figureNeeds('attention', drawn), beams: 1, signal })
    if (!signal.aborted) attention.innerHTML = figure('attention', trace, { ...drawn, theme: 'light' })
  } catch (error) {
    if (!signal.aborted) state.textContent = (error as Error).message
  }
}

function element<T extends HTMLElement>(id: string): T {
  // biome-ignore lint/style/noNonNullAssertion: the page is written with these elements
  return document.getElementById(id)! as T
}
