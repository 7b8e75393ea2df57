interface NumberTableProps {
  /** The name of the columns: 'dimension'. */
  columns: string
  rows: readonly { name: string; values: ArrayLike<number> }[]
}

/** Rows of numbers, one column per dimension, with horizontal scrolling. */
export function NumberTable({ columns, rows }: NumberTableProps) {
  const width = rows[0]?.values.length ?? 0
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="wide" tabIndex={0} aria-label="Numbers">
      <table>
        <thead>
          <tr>
            <th scope="col">{columns}</th>
            {Array.from({ length: width }, (_, i) => (
              <th scope="col" key={i}>
                {i}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {Array.from(values, (value, i) => (
                <td key={i}>{numberText(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A number with four digits. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value === -Infinity ? '−∞' : String(value)
  return String(Number(value.toPrecision(4))).replace('-', '−')
}
