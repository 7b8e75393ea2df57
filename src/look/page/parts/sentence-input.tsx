interface Input {
  id: string
  text: string
  /** Whether the page is an exported file without a model for other sentences. */
  exported: boolean
  onText(text: string): void
}

/** The input for a sentence in any script and direction. */
export const SentenceInput = ({ id, text, exported, onText }: Input) => (
  <input
    id={id}
    dir="auto"
    value={text}
    readOnly={exported}
    autocomplete="off"
    spellcheck={false}
    onInput={(event) => onText(event.currentTarget.value)}
  />
)
