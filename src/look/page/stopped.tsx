import { Component, type ComponentChildren } from 'preact'
import { BadParameter } from './state/address.ts'
import type { Page } from './state/page.ts'
import { NoTrace } from './state/traces.ts'

/** An error in place of a component, with a way to continue. */
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
  /** The state at the error: a change of the state retries. */
  shown: unknown
  page: Page
  /** Whether to render nothing for a missing trace, because another component reports it. */
  isQuiet?: boolean
  children: ComponentChildren
}

/** Shows an error in place of the component that failed. */
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
