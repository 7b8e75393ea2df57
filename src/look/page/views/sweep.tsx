import { useMemo, useState } from 'preact/hooks'
import { hasSelfAttention } from '../../../base/choices/self-attention-kind.ts'
import { hasEncoder } from '../../../draw/model-shape.ts'
import type { Trace, TracedModel, TracedSweep } from '../../../trace/data/trace.ts'
import { sweepChangesPicture, sweepName, sweepReading } from '../../../trace/figure/why.ts'
import { Choice } from '../parts/choice.tsx'
import { numberText } from '../parts/number-table.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import { SentenceInput } from '../parts/sentence-input.tsx'
import type { View } from '../parts/view.ts'
import { BadParameter } from '../state/address.ts'
import { useChoice, usePage, useTrace } from '../state/page.ts'
import { withoutHead } from '../state/run.ts'
import { useChosenStep } from './why.tsx'

/** A set of tensors to replace: its name in the address, and its columns. */
interface Swept {
  value: string
  name: string
  tensors: string
  over: 'position' | 'head'
}

function sweptOf(model: TracedModel): Swept[] {
  const all: (Swept | false)[] = [
    hasEncoder(model) && {
      value: 'encoder',
      name: 'encoder layers × tokens',
      tensors: 'encoder.*.out',
      over: 'position',
    },
    { value: 'decoder', name: 'decoder layers × tokens', tensors: 'decoder.*.out', over: 'position' },
    hasEncoder(model) &&
      hasSelfAttention(model, 'encoder') && {
        value: 'encoderHeads',
        name: 'encoder heads',
        tensors: 'encoder.*.selfAttention.heads',
        over: 'head',
      },
    hasSelfAttention(model, 'decoder') && {
      value: 'decoderHeads',
      name: 'decoder heads',
      tensors: 'decoder.*.selfAttention.heads',
      over: 'head',
    },
    hasEncoder(model) && {
      value: 'crossHeads',
      name: 'heads on the source',
      tensors: 'decoder.*.crossAttention.heads',
      over: 'head',
    },
  ]
  return all.filter((each) => each !== false)
}

const substitutes = ['zero', 'mean', 'noise'] as const
const measures = ['probability', 'loss'] as const

function WhatIf() {
  const trace = useTrace()
  return trace && <WhatIfOf plain={trace} />
}

function WhatIfOf({ plain }: { plain: Trace }) {
  const { address, run, go } = usePage()
  const choices = sweptOf(plain.model)
  const swept = choices.find(({ value }) => value === (address.parameters.swept ?? choices[0].value))
  if (!swept) throw new BadParameter('swept', `The link asks for swept “${address.parameters.swept}”.`)
  const step = useChosenStep(plain)
  const second = address.parameters.other
  const replaced = useChoice('with', substitutes)
  const measure = useChoice('measure', measures)
  const { tensors, over } = swept
  const trace = useTrace({
    sweep:
      second !== undefined && second !== run.source
        ? { second, tensors, over }
        : { with: replaced, tensors, over, measure, ...(measure === 'probability' && { step }) },
  })
  const sweep = trace?.sweep
  const picture = useMemo(() => trace && sweep && sweepChangesPicture(trace, sweep), [trace, sweep])
  return (
    <>
      <div class="controls">
        <Second key={second ?? ''} second={second ?? ''} />
        <Choice
          legend="Replace"
          options={choices.map(({ value, name }) => ({ value, name }))}
          chosen={swept.value}
          onChoose={(swept) => go({ swept })}
        />
        {second === undefined && (
          <>
            <Choice
              legend="by"
              options={substitutes.map((value) => ({ value, name: substituteNames[value] }))}
              chosen={replaced}
              onChoose={(value) => go({ with: value })}
            />
            <Choice
              legend="and measure"
              options={[
                { value: 'probability', name: `probability of token ${step + 1}` },
                { value: 'loss', name: 'loss of the translation' },
              ]}
              chosen={measure}
              onChoose={(measure) => go({ measure })}
            />
          </>
        )}
      </div>
      {trace && sweep && <Measured trace={trace} sweep={sweep} />}
      {trace && sweep && picture && (
        <PictureView
          picture={picture}
          readout={({ row, column }) =>
            row === undefined ? null : sweepReading(trace, sweep, Number(row), Number(column))
          }
          onMark={({ row, column, token }) => {
            if (row === undefined) return token ? go({ token: token.split(' ')[0] }) : undefined
            if (over !== 'head') return
            const off = { attention: sweep.rows[Number(row)].replace(/\.heads$/, ''), head: Number(column) }
            go({ ...withoutHead(run, off), token: undefined }, 'experiment')
          }}
        />
      )}
      {over === 'head' && <p class="quiet">A click on a cell switches that head off.</p>}
    </>
  )
}

const substituteNames = { zero: 'zeros', mean: 'means over tokens', noise: 'noise' } as const

/** The number without a change, and with the whole second sentence. */
function Measured({ trace, sweep }: { trace: Trace; sweep: TracedSweep }) {
  return (
    <p role="status">
      The {sweepName(trace, sweep)} is <b>{numberText(sweep.plain)}</b>
      {sweep.other !== null && (
        <>
          , for the second sentence <b>{numberText(sweep.other)}</b>
        </>
      )}
      . Each cell is its change where one tensor is replaced
      {sweep.second ? ' by the second sentence’s' : ''}.
    </p>
  )
}

function Second({ second }: { second: string }) {
  const { exported, go } = usePage()
  const [text, setText] = useState(second)
  return (
    <form
      class="source other"
      onSubmit={(event) => {
        event.preventDefault()
        go({ other: text.trim() === '' ? undefined : text })
      }}
    >
      <label for="second-source">Second sentence</label>
      <SentenceInput id="second-source" text={text} exported={exported} onText={setText} />
      <button type="submit" disabled={exported || text === second}>
        Patch
      </button>
    </form>
  )
}

export const sweepView: View = {
  name: 'sweep',
  title: 'What if?',
  note: 'One number of the model, while its tensors are replaced one after the other: by those of a second sentence, by zeros, means or noise. A strong cell says that what was replaced there mattered to this number in this sentence; a pale one, that others could stand in for it.',
  Show: WhatIf,
}
