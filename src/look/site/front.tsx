/** The front page: French is translated in the page, and the attention of that translation is shown below it. */
import { render } from 'preact'
import { Translator } from '../../use/web/index.ts'
import { App } from '../page/app.tsx'
import { lightTokens } from '../page/parts/lit.ts'
import { addressText, changed, parseAddress } from '../page/state/address.ts'
import { backendName, type LiveModel } from '../page/state/live-model.ts'
import { usePage } from '../page/state/page.ts'
import { Catcher } from '../page/stopped.tsx'
import { attentionView } from '../page/views/attention.tsx'
import { element } from './header.ts'
import { beside, dataOf, fetchModel, siteCode } from './model.ts'

/** Pause in typing after which the text is translated, in milliseconds. */
const PAUSE = 400

const source = element<HTMLTextAreaElement>('source')
const target = element('target')
const state = element('state')
const attention = element('attention')

let running = new AbortController()
let pause: ReturnType<typeof setTimeout> | undefined

source.value =
  parseAddress(location.hash).parameters.text ?? parseAddress(location.hash).parameters.source ?? source.value
void start()

async function start(): Promise<void> {
  try {
    const { files, kept } = await fetchModel()
    const translator = await Translator.load(files, { worker: siteCode.worker(), wasm: beside('wasm/') })
    const { backend, precision } = translator.backendInfo()
    const where = kept ? 'kept in the browser’s cache' : 'not kept: this browser gives the page no cache'
    state.textContent = `The model runs in this page (${backendName(backend)}, ${precision}); ${where}.`
    source.oninput = () => {
      clearTimeout(pause)
      pause = setTimeout(() => void show(translator), PAUSE)
    }
    await show(translator)
    showAttention(translator)
  } catch (error) {
    state.textContent = (error as Error).message
  }
  element('progress').hidden = true
}

/** Translates the text, and has the address name it, which the attention follows. */
async function show(translator: Translator): Promise<void> {
  running.abort()
  running = new AbortController()
  const { signal } = running
  const text = source.value.trim()
  attention.hidden = text === ''
  target.textContent = ''
  if (text === '') return
  try {
    const { text: translated } = await translator.translate(text, { signal })
    if (signal.aborted) return
    target.textContent = translated
    // Attention is that of one sentence.
    const [sentence] = text.match(/[^.!?]+[.!?]*/) ?? [text]
    const isWhole = sentence.trim() === text
    const changes = { source: sentence.trim(), text: isWhole ? undefined : text, token: undefined }
    history.replaceState(null, '', addressText(changed(parseAddress(location.hash), changes, 'attention')))
    dispatchEvent(new HashChangeEvent('hashchange'))
    element<HTMLAnchorElement>('inside').hash = location.hash
  } catch (error) {
    if (!signal.aborted) state.textContent = (error as Error).message
  }
}

function showAttention(translator: Translator): void {
  const live: LiveModel = {
    name: translator.model.name,
    backend: backendName(translator.backendInfo().backend),
    inspect: (text, options, signal) => translator.inspect(text, { ...options, signal }),
  }
  lightTokens()
  render(
    <App data={dataOf(live, 'attention')} code={siteCode} given={[live]} isInSite Shell={AttentionAlone} />,
    attention,
  )
}

/** The view of attention without the frame of the inspector. */
function AttentionAlone() {
  const page = usePage()
  return (
    <div class="view attention">
      <Catcher shown={page.address} page={page}>
        <attentionView.Show />
      </Catcher>
    </div>
  )
}
