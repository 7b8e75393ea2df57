import { hasSelfAttention } from '../../../base/choices/self-attention-kind.ts'
import { hasEncoder } from '../../../draw/model-shape.ts'
import type { TracedModel } from '../../../trace/data/trace.ts'
import { usePage } from '../state/page.ts'
import { type HeadOff, interventionsText } from '../state/run.ts'

const kinds = { selfAttention: 'self-attention', crossAttention: 'cross-attention' } as const

/** A check box for each head of the model; unchecked heads are off. */
export function HeadsOff({ model }: { model: TracedModel }) {
  const { run, exported, go } = usePage()
  const isOff = (attention: string, head: number) =>
    run.headsOff.some((off) => off.attention === attention && off.head === head)
  const switchTo = (headsOff: readonly HeadOff[]) =>
    go({ ...interventionsText({ ...run, headsOff }), token: undefined })
  const others = (attention: string, head?: number) =>
    run.headsOff.filter((off) => off.attention !== attention || (head !== undefined && off.head !== head))
  return (
    <fieldset class="heads-off" disabled={exported}>
      <legend>Heads that are on</legend>
      {(['encoder', 'decoder'] as const).map((stack) => (
        <table key={stack}>
          <tbody>
            {attentionsOf(model, stack).map(({ path, name, heads }) => {
              const all = Array.from({ length: heads }, (_, head) => ({ attention: path, head }))
              const areOff = all.every(({ head }) => isOff(path, head))
              return (
                <tr key={path}>
                  <th scope="row">{name}</th>
                  {all.map(({ head }) => (
                    <td key={head}>
                      <label>
                        <input
                          type="checkbox"
                          checked={!isOff(path, head)}
                          aria-label={`${name}, head ${head}`}
                          data-attention={path}
                          onChange={(event) =>
                            switchTo(
                              event.currentTarget.checked
                                ? others(path, head)
                                : [...run.headsOff, { attention: path, head }],
                            )
                          }
                        />
                        {head}
                      </label>
                    </td>
                  ))}
                  <td>
                    <button
                      type="button"
                      aria-label={`${name}: all ${areOff ? 'on' : 'off'}`}
                      onClick={() => switchTo(areOff ? others(path) : [...others(path), ...all])}
                    >
                      all {areOff ? 'on' : 'off'}
                    </button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      ))}
      <button type="button" disabled={run.headsOff.length === 0} onClick={() => switchTo([])}>
        Switch all on
      </button>
    </fieldset>
  )
}

function attentionsOf(model: TracedModel, stack: 'encoder' | 'decoder') {
  const { layers, heads } = model[stack]
  const own = hasSelfAttention(model, stack) ? (['selfAttention'] as const) : []
  const kindsOf = stack === 'decoder' && hasEncoder(model) ? ([...own, 'crossAttention'] as const) : own
  return Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) =>
    kindsOf.map((kind) => ({
      path: `${stack}.${layer}.${kind}`,
      name: `${stack} layer ${layer}, ${kinds[kind]}`,
      heads,
    })),
  )
}
