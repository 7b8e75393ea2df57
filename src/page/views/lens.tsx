import { useMemo } from 'preact/hooks'
import { lens } from '../../draw/lens.ts'
import type { Trace } from '../../trace/trace.ts'
import { useTrace } from '../page.ts'
import { PictureView } from '../picture-view.tsx'
import { shownToken } from '../token-strip.tsx'
import type { View } from '../view.ts'

function Lens() {
  const trace = useTrace({ lens: true })
  const picture = useMemo(() => trace && lens(drawingOf(trace)), [trace])
  return picture && <PictureView picture={picture} />
}

const drawingOf = ({ target, lens }: Trace) => ({
  tokens: target.tokens.map(shownToken),
  rows: lens.map(({ rows }) =>
    rows.map(({ top }) => ({
      top: top.map(({ token, logProbability }) => ({
        token: shownToken(token),
        probability: Math.exp(logProbability),
      })),
    })),
  ),
})

export const lensView: View = {
  name: 'lens',
  title: 'Logit lens',
  note: 'What the model would say if its decoder ended early: the last norm and the output projection, put behind each layer. A green frame marks where the final token comes first already. The layers below were not trained to be read so: a token that is missing here may well be there in another form.',
  Show: Lens,
}
