import type { ComponentChildren } from 'preact'

interface ChoiceProps<T extends string | number> {
  legend: string
  options: readonly { value: T; name: ComponentChildren; title?: string }[]
  chosen: T
  onChoose: (value: T) => void
  /** Whether the choice is disabled. */
  isFixed?: boolean
}

/** A choice between a few values, as buttons side by side. */
export function Choice<T extends string | number>({ legend, options, chosen, onChoose, isFixed }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(({ value, name, title }) => (
        <button
          type="button"
          key={value}
          aria-pressed={value === chosen}
          title={title}
          disabled={isFixed && value !== chosen}
          onClick={() => onChoose(value)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

/** A check box. */
export function Tick({
  name,
  checked,
  onChange,
}: {
  name: string
  checked: boolean
  onChange: (now: boolean) => void
}) {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} /> {name}
    </label>
  )
}

/** Integers from 0 as the values of a choice. */
export const numbered = (count: number) => Array.from({ length: count }, (_, value) => ({ value, name: String(value) }))
