import type { ComponentType } from 'preact'

/** One way to look at a run. */
export interface View {
  /** Its name in the address. */
  name: string
  title: string
  /** One or two plain sentences: what is seen, and what it does not prove. */
  note: string
  Show: ComponentType
}
