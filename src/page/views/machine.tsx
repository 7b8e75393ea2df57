import { useTrace } from '../page.ts'
import type { View } from '../view.ts'

function Machine() {
  const trace = useTrace({ tensors: ['encoder.embedded'] })
  if (!trace) return <p>…</p>
  return <p>{trace.tensors['encoder.embedded'].shape.join(' × ')}</p>
}

export const machineView: View = {
  name: 'machine',
  title: 'The whole machine',
  note: 'x',
  Show: Machine,
}
