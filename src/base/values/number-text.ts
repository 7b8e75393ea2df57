/** 1234.5 → '1,235'. Without Intl, whose first use takes 10 ms of a command's start. */
export const whole = (value: number): string =>
  Math.round(value)
    .toFixed(0)
    .replace(/\B(?=(?:\d{3})+$)/g, ',')

/** A number with its unit: 1 step, 1,200 steps; `unit` is the singular. */
export const counted = (count: number, unit: string): string =>
  `${whole(count)} ${unit}${Math.round(count) === 1 ? '' : 's'}`

/** 7448448 → '7.4 MB', 8828 → '8.8 kB'. */
export const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
