/** 1234.5 → '1,235'. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** 1 step, 1,200 steps: `unit` is what one is called. */
export const counted = (count: number, unit: string): string =>
  `${whole(count)} ${unit}${Math.round(count) === 1 ? '' : 's'}`
