import type { View } from '../view.ts'
import { machineView } from './machine.tsx'

/** All views, in the order of the navigation. */
export const views: readonly View[] = [machineView]
