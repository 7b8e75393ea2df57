import type { Trace } from '../../trace/data/trace.ts'
import { shownTokens } from '../../trace/figure/tokens.ts'

/** The legend of special signs in this sentence's tokens. */
export function Signs({ trace }: { trace: Trace }) {
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
