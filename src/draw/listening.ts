import { linearAxis } from './marks/axis.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { heatMap } from './marks/heat-map.ts'
import { label, rounded } from './marks/label.ts'
import { textWidth } from './marks/text-width.ts'

/** A model's transcript of a sound, and its attention for each token. */
export interface Heard {
  /** The name of the sound. */
  name: string
  duration: number
  /** [frames, mels], as the model takes it. */
  spectrogram: ArrayLike<number>
  frames: number
  mels: number
  tokens: readonly { text: string; start: number; end: number; probability: number }[]
  /** [tokens + 1, states]. */
  attention: ArrayLike<number>
  states: number
  path: readonly { token: number; state: number }[]
}

const LEFT = 110
const RIGHT = 24
const TOP = 84
/** Pixels for a second of sound, and the least and the most of all. */
const SECOND = 70
const LEAST = 720
const MOST = 2400
const SPECTROGRAM = 160
const BETWEEN = 34
const ROW = 16

/**
 * A spectrogram with the words that were heard in it above, and below it the attention of the decoder: a row for each
 * token, over the same time, with the path through it that gives the times of words. Marks carry `data-token`, and the
 * picture `data-left` and `data-right`, between which its time lies.
 */
export function listeningPicture(heard: Heard): Picture {
  const { duration, tokens } = heard
  const inner = Math.min(MOST, Math.max(LEAST, duration * SECOND))
  const at = (seconds: number) => LEFT + (inner * seconds) / duration
  const below = TOP + SPECTROGRAM + BETWEEN
  const rows = tokens.length + 1
  const text = tokens
    .map((token) => token.text)
    .join('')
    .trim()
  return {
    width: LEFT + inner + RIGHT,
    height: below + rows * ROW + 46,
    title: `How ${heard.name} was heard`,
    description: `A spectrogram of ${duration.toFixed(1)} s, in which “${text}” was heard, and below it where the decoder looked for each of ${tokens.length} tokens.`,
    content: [
      label(heard.name, LEFT, 16, { bold: true }),
      ...words(heard, at),
      ...spectrogram(heard, inner),
      ...timeAxis(duration, at, TOP + SPECTROGRAM + 12),
      ...attention(heard, inner, below),
      label(
        'Where the decoder looked for each token; the line is the path from which times come.',
        LEFT,
        below + rows * ROW + 24,
        {
          color: 'var(--quiet)',
          size: 12,
        },
      ),
    ],
  }
}

/** Tokens at their times, in lines below one another where they would overlap. */
function words({ tokens }: Heard, at: (seconds: number) => number): SvgElement[] {
  const ends = [0, 0, 0]
  return tokens.map(({ text, start, end, probability }, i) => {
    const shown = text.trim() || '␣'
    const line = Math.max(
      0,
      ends.findIndex((reached) => reached <= at(start)),
    )
    ends[line] = at(start) + textWidth(shown, 12) + 8
    const y = TOP - 14 - 16 * line
    return svg(
      'g',
      { 'data-token': i, 'data-start': start, 'data-end': end },
      svg('title', {}, `${shown}: ${start.toFixed(2)} to ${end.toFixed(2)} s, probability ${probability.toFixed(2)}`),
      svg('rect', {
        x: at(start),
        y: TOP,
        width: Math.max(1, at(end) - at(start)),
        height: SPECTROGRAM,
        fill: 'var(--positive)',
        'fill-opacity': 0,
        'data-span': i,
      }),
      svg('path', { d: `M${rounded(at(start))} ${y + 7}V${TOP}`, stroke: 'var(--line)', fill: 'none' }),
      label(shown, at(start) + 2, y, { size: 12 }),
    )
  })
}

function spectrogram({ spectrogram: values, frames, mels }: Heard, width: number): SvgElement[] {
  // Low frequencies below, as in every spectrogram; −1 is silence, and 1 loud.
  const turned = Float32Array.from({ length: frames * mels }, (_, i) => {
    const [mel, frame] = [mels - 1 - Math.floor(i / frames), i % frames]
    return Math.max(0, (values[frame * mels + mel] + 0.6) / 2)
  })
  const box = { x: LEFT, y: TOP, width, height: SPECTROGRAM }
  const hertz = [250, 1000, 2000, 4000, 8000]
  const high = melOf(8000)
  return [
    heatMap({ rows: mels, columns: frames, values: turned, scale: 'weights' }, box, { asImage: true }),
    ...hertz.map((frequency) =>
      label(
        frequency < 1000 ? `${frequency} Hz` : `${frequency / 1000} kHz`,
        LEFT - 8,
        TOP + SPECTROGRAM * (1 - melOf(frequency) / high),
        {
          anchor: 'end',
          size: 11,
          color: 'var(--quiet)',
        },
      ),
    ),
  ]
}

/** The Slaney mel scale, which the model's filters have. */
const melOf = (hertz: number): number =>
  hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4)

function timeAxis(duration: number, at: (seconds: number) => number, y: number): SvgElement[] {
  const { marks } = linearAxis(0, duration, 1, Math.max(2, Math.min(12, duration)))
  return marks
    .filter(({ value }) => value <= duration)
    .map(({ value, text }) => label(`${text} s`, at(value), y, { anchor: 'middle', size: 11, color: 'var(--quiet)' }))
}

function attention(
  { attention: values, states, tokens, path, duration }: Heard,
  width: number,
  top: number,
): SvgElement[] {
  if (!states) return []
  const rows = tokens.length + 1
  const covered = Math.min(width, (width * states * 0.02) / duration)
  const shown = Float32Array.from(values, (value) => Math.max(0, value) / 3)
  const place = ({ token, state }: { token: number; state: number }) =>
    `${rounded(LEFT + (covered * (state + 0.5)) / states)} ${rounded(top + ROW * (token + 0.5))}`
  return [
    heatMap(
      { rows, columns: states, values: shown, scale: 'weights' },
      { x: LEFT, y: top, width: covered, height: rows * ROW },
      { asImage: true },
    ),
    svg('path', { d: `M${path.map(place).join('L')}`, stroke: 'var(--negative)', 'stroke-width': 1.5, fill: 'none' }),
    ...[...tokens.map(({ text }) => text.trim() || '␣'), 'the end'].map((text, i) =>
      svg(
        'g',
        { 'data-row': i },
        label(text, LEFT - 8, top + ROW * (i + 0.5), {
          anchor: 'end',
          size: 12,
          color: i < tokens.length ? 'var(--ink)' : 'var(--quiet)',
        }),
      ),
    ),
  ]
}
