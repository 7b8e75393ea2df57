import { writeSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import { traceToJson } from './json.ts'
import type { Trace } from './trace.ts'

/**
 * Writes a trace as a safetensors file: its tensors by name, each as float32; the metadata key `trace` has the rest as
 * JSON. −∞ of a mask is written as the lowest float32.
 * @throws GlassformerError ERR_FILE; ERR_MODEL_FORMAT for NaN
 */
export function traceToSafetensors(trace: Trace, path: string): void {
  const tensors = Object.entries(trace.tensors).map(([name, { shape, values }]) => ({
    name,
    shape,
    dtype: 'F32' as const,
    values: values.includes(-Infinity) ? values.map((value) => Math.max(value, LOWEST)) : values,
  }))
  writeSafetensors(path, tensors, { format: 'glassformer-trace', trace: traceToJson({ ...trace, tensors: {} }) })
}

const LOWEST = -3.4028234663852886e38
