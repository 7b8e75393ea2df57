/** Importing this fills the op table: every op there is. */
import './ops/activation.ts'
import './ops/add.ts'
import './ops/append.ts'
import './ops/attention.ts'
import './ops/candidates.ts'
import './ops/embed.ts'
import './ops/linear.ts'
import './ops/norm.ts'
import './ops/softmax.ts'

export { opTable } from './op.ts'
