import type { ReliabilityBin } from '../../learn/evaluate/calibration.ts'

const SIZE = 320
const MARGIN = 48

/** The reliability curve as SVG: said probabilities to the right, true shares upwards; circles grow with the words. */
export function reliabilityPicture(curve: readonly ReliabilityBin[], error: number): string {
  const x = (value: number) => (MARGIN + value * SIZE).toFixed(1)
  const y = (value: number) => (MARGIN + (1 - value) * SIZE).toFixed(1)
  const most = Math.max(...curve.map(({ count }) => count))
  const side = SIZE + 2 * MARGIN
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
    `<text x="${x(value)}" y="${y(0)}" dy="18" text-anchor="middle">${value}</text>`,
    `<text x="${x(0)}" y="${y(value)}" dx="-6" dy="4" text-anchor="end">${value}</text>`,
  ])
  const points = curve.map(({ said, happened }) => `${x(said)},${y(happened)}`).join(' ')
  const circles = curve.map(
    ({ said, happened, count }) =>
      `<circle cx="${x(said)}" cy="${y(happened)}" r="${(2 + 8 * Math.sqrt(count / most)).toFixed(1)}" fill="#2563eb" fill-opacity="0.5"><title>${count} words: said ${said.toFixed(3)}, true ${happened.toFixed(3)}</title></circle>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" font-family="sans-serif" font-size="11" role="img" aria-label="reliability of the confidence of words">
<rect width="${side}" height="${side}" fill="#fff"/>
<rect x="${x(0)}" y="${y(1)}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#999" stroke-dasharray="4 4"/>
${ticks.join('\n')}
<polyline points="${points}" fill="none" stroke="#2563eb"/>
${circles.join('\n')}
<text x="${side / 2}" y="20" text-anchor="middle" font-size="13">words that are right; calibration error ${error.toFixed(3)}</text>
<text x="${side / 2}" y="${side - 8}" text-anchor="middle">said</text>
<text x="14" y="${side / 2}" text-anchor="middle" transform="rotate(-90 14 ${side / 2})">true</text>
</svg>
`
}
