import { useMemo } from 'preact/hooks'
import type { Trace } from '../../../trace/data/trace.ts'
import { confidencePicture } from '../../../trace/figure/pictures.ts'
import { pieceNames } from '../../../trace/figure/tokens.ts'
import { scoreName, stepSharesPicture, tokenSharesPictures } from '../../../trace/figure/why.ts'
import { Choice } from '../parts/choice.tsx'
import { numberText } from '../parts/number-table.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useChoice, useInteger, usePage, useTrace } from '../state/page.ts'
import { type HeadOff, withoutHead } from '../state/run.ts'

const methods = ['direct', 'gradient', 'integrated'] as const
type Method = (typeof methods)[number]

const methodNames: Record<Method, string> = {
  direct: 'parts of the model',
  gradient: 'tokens, by gradient',
  integrated: 'tokens, by integrated gradients',
}

function Why() {
  const trace = useTrace()
  return trace && <WhyOf plain={trace} />
}

/** The step of the chosen token of the translation: `token=target:2`, or `step`. */
export function useChosenStep(trace: Trace): number {
  const { address } = usePage()
  const step = useInteger('step', trace.steps.length)
  const [, chosen] = /^target:(\d+)$/.exec(address.parameters.token ?? '') ?? []
  return chosen !== undefined && Number(chosen) < trace.steps.length ? Number(chosen) : step
}

function WhyOf({ plain }: { plain: Trace }) {
  const { run, address, go } = usePage()
  const step = useChosenStep(plain)
  const by = useChoice('by', methods)
  const { against = 'none' } = address.parameters
  const rivals = plain.steps[step].top.filter(({ id }) => id !== plain.target.ids[step])
  const rival = against === 'best' ? rivals[0]?.id : rivals.find(({ id }) => String(id) === against)?.id
  const trace = useTrace({
    why: { attribute: { by, steps: step }, ...(rival !== undefined && { contrast: rival }) },
  })
  const line = useMemo(() => confidencePicture(plain, { step }), [plain, step])
  const attribution = trace?.attributions?.[0]
  const pictures = useMemo(() => {
    if (!trace || !attribution) return null
    return by === 'direct' ? [stepSharesPicture(trace, attribution)] : tokenSharesPictures(trace, attribution, by)
  }, [trace, attribution, by])
  const named = pieceNames(plain)
  const switchOff = (head: HeadOff) => go({ ...withoutHead(run, head), token: undefined }, 'experiment')
  return (
    <>
      <PictureView
        picture={line}
        onMark={({ step }) => step !== undefined && go({ step, token: `target:${step}`, against: undefined })}
      />
      <div class="controls">
        <Choice
          legend="Shares of"
          options={methods.map((value) => ({ value, name: methodNames[value] }))}
          chosen={by}
          onChoose={(by) => go({ by })}
        />
        <label>
          and not{' '}
          <select value={against} onChange={(event) => go({ against: noneOr(event.currentTarget.value) })}>
            <option value="none">(its logit alone)</option>
            <option value="best">the best other token</option>
            {rivals.map(({ id, token }) => (
              <option key={id} value={String(id)}>
                {named(token)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {attribution && trace && (
        <p class="why" role="status">
          The {scoreName(trace, attribution)}: <b>{numberText(attribution.score)}</b>.
        </p>
      )}
      {pictures?.map((picture) => (
        <PictureView
          key={picture.title}
          picture={picture}
          onMark={({ part, head, token }) => {
            if (part !== undefined) switchOff({ attention: part, head: Number(head) })
            else if (token) go({ token: token.split(' ')[0] })
          }}
        />
      ))}
      {by === 'direct' && pictures && (
        <p class="quiet">A click on a head switches it off and shows what the model says without it.</p>
      )}
    </>
  )
}

const noneOr = (against: string) => (against === 'none' ? undefined : against)

export const whyView: View = {
  name: 'why',
  title: 'Why this word?',
  note: 'The logit of one token, shared out: among the parts of the model, which add up to it exactly while the deviations of norms are held, or among the tokens that it read, by gradients. Choose a token of the translation, and another one to ask why not that. A share says what a part writes for this token itself, not what others make of it.',
  Show: Why,
}
