/** Importing this file fills the op table with every op. */
import './ops/activation.ts'
import './ops/add.ts'
import './ops/write-cache.ts'
import './ops/attention.ts'
import './ops/attention-gradient.ts'
import './ops/average.ts'
import './ops/candidates.ts'
import './ops/cross-entropy.ts'
import './ops/distillation.ts'
import './ops/dropout.ts'
import './ops/embed.ts'
import './ops/embed-gradient.ts'
import './ops/gated-activation.ts'
import './ops/gated-sum.ts'
import './ops/head-off.ts'
import './ops/linear.ts'
import './ops/linear-gradient.ts'
import './ops/listed-candidates.ts'
import './ops/norm.ts'
import './ops/norm-gradient.ts'
import './ops/optimizer.ts'
import './ops/optimizer-adafactor.ts'
import './ops/softmax.ts'
import './ops/softmax-gradient.ts'
import './ops/ssru.ts'

import { opTable } from './op.ts'
import { opSignature } from './op-signature.ts'

export { opTable }

/** The signatures that an addon must have to play every op. */
export const opSignatures = (): string[] => [...opTable.values()].map(opSignature)
