/** Where the numbers of a drawn matrix lie in a tensor of the trace. */
export interface NumbersPlace {
  tensor: string
  rows: number
  columns: number
  /** The first row and column that are drawn; default 0. */
  row?: number
  column?: number
  /** The head of scores and weights; left out: the tensor has two axes. */
  head?: number
  /** Whether rows of the tensor are drawn as columns. */
  isTurned?: boolean
}

/** The attributes of an element whose cells are numbers of a tensor, by which a page follows them to where they come from. */
export const numberMarks = ({ tensor, rows, columns, row = 0, column = 0, head, isTurned }: NumbersPlace) => ({
  'data-tensor': tensor,
  'data-cells': `${rows},${columns}`,
  'data-corner': `${row},${column}`,
  ...(head !== undefined && { 'data-of-head': head }),
  ...(isTurned && { 'data-turned': '' }),
})

/** A number of a tensor in the format of addresses: 'encoder.0.selfAttention.query@2,5'. */
export const numberName = (tensor: string, at: readonly number[]): string => `${tensor}@${at.join(',')}`

/** The number that such a name means; null for other texts. */
export function numberNamed(name: string): { tensor: string; at: number[] } | null {
  const [, tensor, places] = /^([\w.]+)@(\d{1,6}(?:,\d{1,6}){1,2})$/.exec(name) ?? []
  return tensor === undefined ? null : { tensor, at: places.split(',').map(Number) }
}
