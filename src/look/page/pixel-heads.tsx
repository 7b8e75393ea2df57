import { useMemo } from 'preact/hooks'
import { pixelAttention } from '../draw/pixel-attention.ts'
import type { AttentionView } from '../figure/attention.ts'
import type { Pixels } from '../figure/pixels.ts'
import { usePage } from './page.ts'
import { PictureView } from './picture-view.tsx'

/** What is shown of the attention to an image. */
interface Shown {
  view: AttentionView
  pixels: Pixels
  heads: readonly { name: string; head: number }[]
  title: string
}

/** Attention over pixels as a grid for each head: of the chosen pixel, or of one in the middle. */
export function PixelHeads({ view, pixels, heads, title }: Shown) {
  const { address, go } = usePage()
  const chosen = Number(/^target:(\d+)$/.exec(address.parameters.token ?? '')?.[1])
  const { rows, columns, places } = pixels
  const middle = places.indexOf(Math.floor((rows * columns + columns) / 2))
  const pixel = Math.min(Number.isNaN(chosen) ? Math.max(0, middle) : chosen, places.length - 1)
  const width = view.keys.tokens.length
  const picture = useMemo(() => {
    // Row i of the decoder reads pixel i − 1 and predicts pixel i; its first key is the start.
    const shown = heads.map(({ name, head }) => {
      return { name, weights: view.heads[head].subarray(pixel * width + 1, (pixel + 1) * width) }
    })
    return pixelAttention({ ...pixels, title, pixel, heads: shown })
  }, [view, pixels, heads, title, pixel, width])
  return (
    <PictureView
      picture={picture}
      readout={({ key }) => {
        const other = Number(/^target:(\d+)$/.exec(key ?? '')?.[1])
        if (Number.isNaN(other) || other >= pixel) return null
        const numbers = heads.map(
          ({ name, head }) => `${name} ${view.heads[head][pixel * width + 1 + other].toFixed(3)}`,
        )
        return `pixel ${pixel} → pixel ${other}: ${numbers.join(', ')}`
      }}
      onMark={({ token }) => token && go({ token })}
    />
  )
}
