import { Component, type ComponentChildren } from 'preact'
import { BadParameter } from './address.ts'
import type { Page } from './page.ts'
import { NoTrace } from './traces.ts'

/** Why nothing is shown, and a way on. */
export function Stopped({ error, go, retry }: { error: Error; go: Page['go']; retry?: () => void }) {
  return (
    <div class="stopped" role="alert">
      <p>{error.message}</p>
      {error instanceof NoTrace && <p class="quiet">{error.code}</p>}
      {error instanceof BadParameter ? (
        <button type="button" onClick={() => go({ [error.parameter]: undefined })}>
          Continue without it
        </button>
      ) : (
        retry && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )
      )}
    </div>
  )
}

interface CatcherProps {
  /** What was shown when it stopped: when this changes, it is tried anew. */
  shown: unknown
  page: Page
  /** Whether it says nothing where there is no trace, since another part says so. */
  isQuiet?: boolean
  children: ComponentChildren
}

/** Shows what stopped a part of the page in its place. */
export class Catcher extends Component<CatcherProps, { error: Error | null; shown: unknown }> {
  override state = { error: null as Error | null, shown: undefined as unknown }

  override componentDidCatch(error: Error) {
    this.setState({ error, shown: this.props.shown })
  }

  override render({ children, shown, page, isQuiet }: CatcherProps) {
    const { error } = this.state
    if (!error || this.state.shown !== shown) return children
    if (isQuiet && error instanceof NoTrace) return null
    const retry = () => {
      this.setState({ error: null })
      page.traces.retry()
    }
    if (error instanceof NoTrace || error instanceof BadParameter)
      return <Stopped error={error} go={page.go} {...(error instanceof NoTrace && !page.exported && { retry })} />
    throw error
  }
}
