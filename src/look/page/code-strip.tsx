import type { Trace } from '../../trace/data/trace.ts'
import { shownTokens } from '../../trace/figure/tokens.ts'

/** The codes of an autoencoder in a row, each with the tokens that it stands for. */
export function CodeStrip({ latents, target }: { latents: NonNullable<Trace['latents']>; target: Trace['target'] }) {
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
