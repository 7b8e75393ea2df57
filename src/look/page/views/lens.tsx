import { useMemo } from 'preact/hooks'
import { lensPicture } from '../../../trace/figure/pictures.ts'
import { NARROW, useMedia } from '../parts/media.ts'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useTrace } from '../state/page.ts'

function Lens() {
  const trace = useTrace({ lens: true })
  const isTurned = useMedia(NARROW)
  const picture = useMemo(() => trace && lensPicture(trace, { isTurned }), [trace, isTurned])
  return picture && <PictureView picture={picture} />
}

export const lensView: View = {
  name: 'lens',
  title: 'Logit lens',
  note: 'The words that the model would say if its decoder ended early: the last norm and the output projection, put after each layer. A green frame marks where the final token comes first already. The layers below were not trained to be read so: a token that is missing here may well be there in another form.',
  Show: Lens,
}
