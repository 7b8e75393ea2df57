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
  const middle = Math.floor(pixels.levels.length / 2 + pixels.columns / 2)
  const place = Math.min(Number.isNaN(chosen) ? middle : chosen, view.queries.tokens.length - 1)
  const width = view.keys.tokens.length
  const picture = useMemo(() => {
    // Row i of the decoder reads pixel i − 1 and predicts pixel i; its first key is the start.
    const shown = heads.map(({ name, head }) => {
      return { name, weights: view.heads[head].subarray(place * width + 1, (place + 1) * width) }
    })
    return pixelAttention({ ...pixels, title, place, heads: shown })
  }, [view, pixels, heads, title, place, width])
  return (
    <PictureView
      picture={picture}
      readout={({ key }) => {
        const pixel = Number(/^target:(\d+)$/.exec(key ?? '')?.[1])
        if (Number.isNaN(pixel) || pixel >= place) return null
        const numbers = heads.map(
          ({ name, head }) => `${name} ${view.heads[head][place * width + 1 + pixel].toFixed(3)}`,
        )
        return `pixel ${place} → pixel ${pixel}: ${numbers.join(', ')}`
      }}
      onMark={({ token }) => token && go({ token })}
    />
  )
}
