import type { TracedText } from '../../trace/data/trace.ts'
import { shownTokens } from '../../trace/figure/tokens.ts'
import { usePage } from './state/page.ts'

interface Shown {
  side: 'source' | 'target'
  /** The text's name for readers. */
  name: string
  text: TracedText
}

/**
 * The tokens of a text in a row. A click selects a token, which then stays highlighted; a second click deselects it.
 */
export function TokenStrip({ side, name, text }: Shown) {
  const { address, go } = usePage()
  return (
    <div class="strip">
      <span id={`strip-${side}`}>{name}</span>
      <ul aria-labelledby={`strip-${side}`} dir="auto">
        {shownTokens(text).map((token, i) => {
          const mark = `${side}:${i}`
          const isChosen = address.parameters.token === mark
          return (
            <li key={i}>
              <button
                type="button"
                class="token"
                data-token={mark}
                aria-pressed={isChosen}
                onClick={() => go({ token: isChosen ? undefined : mark })}
              >
                <bdi>{token}</bdi>
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
