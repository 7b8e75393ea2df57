/** The page about encoders: two sentences, how alike their vectors are, and what each word has in that. */
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Alike, Encoder, type InspectedText, type TextShares } from '../../use/web/encoder/index.ts'
import { element } from './header.ts'
import { beside } from './model.ts'
import { ModelChoice, type Proposal } from './model-choice.tsx'

const proposal: Proposal = {
  name: 'all-MiniLM-L6-v2',
  address: 'https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/',
  bytes: 90_868_376,
  license: 'Apache 2.0',
}

const usual = ['The cat sleeps in front of the window.', 'A kitten is napping by the glass.'] as const

/** The sentences are in the address, so that a link shows them: `#a=…&b=…`. */
const inAddress = () => new URLSearchParams(location.hash.slice(1))

function keep(a: string, b: string): void {
  const parameters = inAddress()
  parameters.set('a', a)
  parameters.set('b', b)
  history.replaceState(null, '', `#${parameters}`)
}

/** What has been computed of two sentences. */
interface Compared {
  alike: Alike
  inside: [InspectedText, InspectedText]
}

function Sentences() {
  const [encoder, setEncoder] = useState<Encoder | null>(null)
  const [texts, setTexts] = useState<[string, string]>([
    inAddress().get('a') ?? usual[0],
    inAddress().get('b') ?? usual[1],
  ])
  const [compared, setCompared] = useState<Compared | null>(null)
  const [said, setSaid] = useState('')
  const [a, b] = texts
  useEffect(() => () => void encoder?.close(), [encoder])
  useEffect(() => {
    if (!encoder || !a.trim() || !b.trim()) return
    let isLatest = true
    const pause = setTimeout(async () => {
      keep(a, b)
      try {
        const [alike, first, second] = await Promise.all([encoder.alike(a, b), encoder.inspect(a), encoder.inspect(b)])
        if (isLatest) setCompared({ alike, inside: [first, second] })
        setSaid('')
      } catch (error) {
        setSaid((error as Error).message)
      }
    }, 300)
    return () => {
      isLatest = false
      clearTimeout(pause)
    }
  }, [encoder, a, b])
  return (
    <>
      <ModelChoice
        proposal={proposal}
        load={(model, progress) =>
          Encoder.load(model, { progress, worker: beside('web-encoder-worker.js'), wasm: beside('wasm/') })
        }
        onLoaded={(loaded: Encoder) => setEncoder(loaded)}
      />
      <div class="translate">
        {texts.map((text, i) => (
          <textarea
            key={i === 0 ? 'first' : 'second'}
            aria-label={`Sentence ${i + 1}`}
            value={text}
            onInput={(event) => setTexts(i === 0 ? [event.currentTarget.value, b] : [a, event.currentTarget.value])}
          />
        ))}
      </div>
      {said && <p role="status">{said}</p>}
      {encoder && compared && <Comparison {...compared} />}
    </>
  )
}

function Comparison({ alike: { similarity, first, second }, inside }: Compared) {
  const most = Math.max(...[first, second].flatMap(({ words }) => words.map(({ share }) => Math.abs(share))), 1e-9)
  return (
    <>
      <h2>
        Alike by <output id="similarity">{similarity.toFixed(3)}</output>
      </h2>
      <meter min={0} max={1} value={Math.max(0, similarity)} aria-label="Similarity" />
      <p>
        A word’s share in that number is gradient × embedding: blue words bring the two sentences together, orange ones
        hold them apart.
      </p>
      <Words of={first} most={most} />
      <Words of={second} most={most} />
      <h2>Which words mean the same here</h2>
      <p>
        Each field is the cosine of two tokens’ states after the last layer: the stronger its color, the more alike the
        model finds them in their sentences, from the least pair to the most.
      </p>
      <Matrix inside={inside} />
    </>
  )
}

function Words({ of: { words }, most }: { of: TextShares; most: number }) {
  return (
    <p class="shares">
      {words.map(({ word, share, begin }) => (
        <span
          key={begin}
          class="share"
          title={`${word}: ${share.toFixed(3)}`}
          style={{
            '--strength': `${Math.round((45 * Math.abs(share)) / most)}%`,
            '--hue': `var(--${share < 0 ? 'negative' : 'positive'})`,
          }}
        >
          {word}
          <small>{hundredths(share)}</small>
        </span>
      ))}
    </p>
  )
}

function Matrix({ inside: [first, second] }: { inside: [InspectedText, InspectedText] }) {
  const rows = statesOf(first)
  const columns = statesOf(second)
  const cosines = rows.map(({ state }) => columns.map((column) => cosineOf(state, column.state)))
  const [least, most] = [Math.min(...cosines.flat()), Math.max(...cosines.flat())]
  const strength = (cosine: number) => `${Math.round((45 * (cosine - least)) / (most - least || 1))}%`
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scrolled" tabIndex={0} aria-label="Cosines of the tokens of both sentences">
      <table class="cosines">
        <thead>
          <tr>
            <td />
            {columns.map(({ token, at }) => (
              <th key={at} scope="col">
                {token}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ token, at }, row) => (
            <tr key={at}>
              <th scope="row">{token}</th>
              {cosines[row].map((cosine, i) => (
                <td key={columns[i].at} style={{ '--strength': strength(cosine), '--hue': 'var(--positive)' }}>
                  {hundredths(cosine)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The states of a text's own tokens after the last layer, without those around it. */
function statesOf({ tokens, hidden, width }: InspectedText): { token: string; at: number; state: Float32Array }[] {
  const last = hidden[hidden.length - 1]
  return tokens.flatMap(({ token, text }, at) =>
    text === undefined ? [] : { token, at, state: last.subarray(at * width, (at + 1) * width) },
  )
}

/** Two decimals; what rounds to zero has no sign. */
const hundredths = (value: number) => (Math.round(100 * value) / 100 || 0).toFixed(2)

function cosineOf(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i]
    aa += a[i] ** 2
    bb += b[i] ** 2
  }
  return dot / Math.sqrt(aa * bb || 1)
}

render(<Sentences />, element('here'))
