import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { type TensorToWrite, writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'

/**
 * Copies a Marian folder to `to`, its matrices as made-up integers and scales: such that no largest magnitude is 127, which
 * quantizing anew would change. `change` may damage the tensors.
 */
export function quantizedFolder(
  from: string,
  to: string,
  change: (tensors: Map<string, TensorToWrite>) => void = () => {},
): string {
  cpSync(from, to, { recursive: true })
  const file = openSafetensors(join(from, 'model.safetensors'))
  const tensors = new Map<string, TensorToWrite>()
  for (const [name, { shape }] of file.tensors) {
    const floats = new Float32Array(shape.reduce((product, length) => product * length, 1))
    file.readFloats(name, floats)
    if (shape.length === 2 && shape[0] > 1 && !name.includes('positions')) {
      const values = Int8Array.from(floats, (_, i) => ((i * 37 + shape[0]) % 201) - 100)
      const scales = Float32Array.from({ length: shape[0] }, (_, row) => (row === 1 ? 0 : 2 ** -11 * (1 + (row % 7))))
      tensors.set(name, { name, shape, dtype: 'I8', values })
      const scale = `${name}_scale`
      tensors.set(scale, { name: scale, shape: [shape[0]], dtype: 'F32', values: scales })
    } else tensors.set(name, { name, shape, dtype: 'F16', values: floats })
  }
  file.close()
  change(tensors)
  writeSafetensors(join(to, 'model.safetensors'), [...tensors.values()])
  return to
}
