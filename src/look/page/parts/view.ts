import type { ComponentType } from 'preact'

/** A view of a run. */
export interface View {
  /** Its name in the address. */
  name: string
  title: string
  /** One or two plain sentences: what the view shows, and what it does not prove. */
  note: string
  Show: ComponentType
}
