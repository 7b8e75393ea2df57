import { present } from '../../base/present.ts'
/** The tick positions of an axis, and the position of a value on it. */
export interface Axis {
  marks: { value: number; text: string }[]
  /** The distance of a value from the low end in pixels. */
  at(value: number): number
}

/** An axis from `low` to `high`, both rounded outwards to ticks at 1, 2 or 5 · 10^n, with about `count` ticks. */
export function linearAxis(low: number, high: number, length: number, count: number): Axis {
  const step = niceStep((high - low || Math.abs(high) || 1) / count)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  const marks = Array.from({ length: last - first + 1 }, (_, i) => {
    const value = Number(((first + i) * step).toPrecision(12))
    return { value, text: shortNumber(value) }
  })
  return { marks, at: (value) => ((value / step - first) / (last - first)) * length }
}

/** An axis that ends exactly at its last value, with ticks inside. */
export function stepAxis(steps: number, length: number, count: number): Axis {
  const step = Math.max(1, niceStep(steps / count))
  const marks = Array.from({ length: Math.floor(steps / step + 1e-9) + 1 }, (_, i) => ({
    value: i * step,
    text: shortNumber(i * step),
  }))
  return { marks, at: (value) => (value / Math.max(1, steps)) * length }
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = present([1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)))
  return factor * power
}

/** 12000 → '12k', 0.0005 → '5e-4', 0.25 → '0.25'. */
export function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`
  if (size > 0 && size < 0.01) return value.toExponential().replace(/(\.\d\d)\d+/, '$1')
  return String(Number(value.toPrecision(3 + Math.max(0, Math.floor(Math.log10(size || 1)) - 2))))
}
