/** The front page: French is translated in the page, and the attention of that translation is drawn below it. */
import { type FigureOptions, figure, figureNeeds, Translator } from '../../use/web/index.ts'
import { addressOf, readAddress } from './address.ts'
import { element } from './header.ts'
import { beside, fetchModel } from './model.ts'

/** Pause in typing after which the text is translated, in milliseconds. */
const PAUSE = 400

/** How far a picture shrinks to fit its page. */
const LEGIBLE = 0.8

const source = element<HTMLTextAreaElement>('source')
const target = element('target')
const state = element('state')
const bar = element<HTMLProgressElement>('progress')
const attention = element('attention')

let running = new AbortController()
let pause: ReturnType<typeof setTimeout> | undefined

// A wide picture scrolls, by keys as well.
attention.tabIndex = 0
source.value = readAddress(location.hash).s ?? source.value
void start()

async function start(): Promise<void> {
  try {
    const { files, kept } = await fetchModel((loaded, total) => {
      bar.value = loaded / total
      state.textContent = `Loading the model: ${megabytes(loaded)} of ${megabytes(total)}`
    })
    const translator = await Translator.load(files, { worker: beside('web-worker.js'), wasm: beside('wasm/') })
    const { backend, precision } = translator.backendInfo()
    const where = kept ? 'kept in the browser’s cache' : 'not kept: this browser gives the page no cache'
    state.textContent = `The model runs in this page (${backend}, ${precision}); ${where}.`
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
    if (signal.aborted) return
    attention.innerHTML = figure('attention', trace, { ...drawn, theme: 'either' })
    // A picture that is much wider than a phone scrolls, so that its words stay legible.
    const [picture] = attention.getElementsByTagName('svg')
    picture.style.minWidth = `${LEGIBLE * picture.width.baseVal.value}px`
  } catch (error) {
    if (!signal.aborted) state.textContent = (error as Error).message
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
