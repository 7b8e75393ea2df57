interface Input {
  id: string
  text: string
  /** Whether the page is an exported file, which has no model for another sentence. */
  exported: boolean
  onText(text: string): void
}

/** Where a sentence is typed, in any script and direction. */
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
