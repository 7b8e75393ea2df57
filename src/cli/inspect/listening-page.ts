import { inlineHashes } from '../../base/package/inline-hashes.ts'
import { listeningPicture } from '../../draw/listening.ts'
import { escaped } from '../../draw/marks/element.ts'
import { fonts } from '../../draw/marks/label.ts'
import { paletteCss } from '../../draw/marks/palette.ts'
import { svgText } from '../../draw/marks/svg-text.ts'
import type { Listening } from '../../use/transcribe/listening.ts'
import type { PageFile } from './page-file.ts'

/**
 * The script of the page: a line follows the sound over the picture, and the token that is spoken is lit, above the
 * spectrogram and in its row of the attention. A click goes to its time.
 */
const listeningScript = `
const audio = document.querySelector('audio')
const box = document.querySelector('.scrolling')
const picture = box.querySelector('svg')
const now = document.getElementById('now')
const duration = Number(box.dataset.duration)
const image = picture.querySelector('image')
const [left, width] = [Number(image.getAttribute('x')), Number(image.getAttribute('width'))]
const tokens = [...picture.querySelectorAll('[data-start]')]
const rows = [...picture.querySelectorAll('[data-row]')]
const show = () => {
  const time = audio.currentTime
  now.style.left = left + (width * time) / duration + 'px'
  tokens.forEach((token, i) => {
    const isLit = time >= Number(token.dataset.start) && time < Number(token.dataset.end)
    token.classList.toggle('lit', isLit)
    rows[i].classList.toggle('lit', isLit)
  })
  if (!audio.paused) requestAnimationFrame(show)
}
audio.addEventListener('play', show)
audio.addEventListener('seeked', show)
picture.addEventListener('click', (event) => {
  const x = event.clientX - picture.getBoundingClientRect().left
  audio.currentTime = Math.max(0, Math.min(duration, ((x - left) / width) * duration))
})
show()
`

const STYLE = `
:root { color-scheme: light dark; ${paletteCss('light')} }
@media (prefers-color-scheme: dark) { :root { ${paletteCss('dark')} } }
body { margin: 0; padding: 16px; background: var(--paper); color: var(--ink); font: 15px/1.5 ${fonts}; }
h1 { font-size: 20px; margin: 0; } p { margin: 4px 0 12px; max-width: 52rem; } .quiet { color: var(--quiet); }
audio { width: 100%; max-width: 52rem; display: block; margin: 8px 0; }
.scrolling { overflow-x: auto; position: relative; } svg.picture { display: block; max-width: none; cursor: crosshair; }
.lit text { font-weight: 600; fill: var(--positive); } .lit rect { fill-opacity: 0.25; }
#now { position: absolute; top: 0; bottom: 0; width: 2px; background: var(--negative); pointer-events: none; }`

/**
 * A page on which one hears a sound and sees a model listen: its spectrogram, the words at their times, and where the
 * decoder looked for each token. It is one file without a server.
 */
export function listeningPage(listening: Listening, { name, model }: { name: string; model: string }): PageFile {
  const { tokens, duration, language, samples } = listening
  const picture = listeningPicture({ ...listening, name })
  const text = tokens
    .map((token) => token.text)
    .join('')
    .trim()
  const sound = Buffer.from(wavOf(samples)).toString('base64')
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<!-- policy -->
<title>${escaped(name)}: how it was heard</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(name)}</h1>
<p class="quiet">${escaped(model)} · ${escaped(language)} · ${duration.toFixed(1)} s · ${tokens.length} tokens</p>
<p lang="${escaped(language)}">${escaped(text) || 'Nothing was heard.'}</p>
<audio controls src="data:audio/wav;base64,${sound}"></audio>
<p class="quiet">Play it, or click into the picture. Above the spectrogram stand the tokens where they are spoken; below it, a row for each token, what the decoder’s
cross-attention looked at when it wrote it. The line is the path of least cost through all rows, from which the times come.</p>
<div class="scrolling" data-duration="${duration}">${svgText(picture, 'either')}<div id="now"></div></div>
<script>${listeningScript}</script>
</body>
</html>
`
  const { style, script } = inlineHashes(html)
  const policy = `default-src 'none'; script-src ${script}; style-src ${style}; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
  return { html: html.replace('<!-- policy -->', () => meta), policy }
}

/** A WAV file of 16-bit samples at 16 kHz. */
function wavOf(samples: Float32Array): Uint8Array {
  const file = new Uint8Array(44 + 2 * samples.length)
  const view = new DataView(file.buffer)
  const words = (text: string, at: number) => file.set(Buffer.from(text), at)
  words('RIFF', 0)
  view.setUint32(4, 36 + 2 * samples.length, true)
  words('WAVEfmt ', 8)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, 16_000, true)
  view.setUint32(28, 32_000, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  words('data', 36)
  view.setUint32(40, 2 * samples.length, true)
  samples.forEach((sample, i) =>
    view.setInt16(44 + 2 * i, Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), true),
  )
  return file
}
