import { groupOf } from '../../../base/schema/groups.ts'
import { settings, type Values } from '../../../base/schema/settings.ts'
import {
  flag,
  integer,
  listOf,
  notNegativeNumber,
  oneOf,
  positiveInteger,
  positiveNumber,
  type Type,
} from '../../../base/schema/types.ts'

/** A feed-forward sub-layer that is a mixture of experts. */
export const feedForwardSettings = settings({
  experts: {
    type: integer(2, 4096),
    says: 'feed-forward networks, each of the inner width dFeedForward',
  },
  k: { type: positiveInteger, default: 2, says: 'experts that each token has' },
  softmax: {
    type: oneOf('top', 'all'),
    default: 'top',
    says: "gates are the softmax over a token's k greatest scores (Shazeer et al. 2017), or over all of them (Switch, Fedus et al. 2021)",
  },
  bias: { type: flag, optional: true, otherwise: 'false', says: 'the linears of experts have biases (NLLB-MoE)' },
  noise: {
    type: flag,
    optional: true,
    otherwise: 'true with softmax `top`',
    says: 'in training: scores of experts are noisy, by a linear of its own',
  },
  scale: {
    type: positiveNumber,
    optional: true,
    otherwise: '1',
    says: 'factor of the outputs of experts (NLLB-MoE: 1 − moe_token_dropout)',
  },
  layers: {
    type: listOf(integer(0), 'a list of layers, from 0'),
    optional: true,
    otherwise: 'all layers',
    says: 'layers with experts; the others have one network',
  },
  balance: {
    type: notNegativeNumber,
    default: 0.01,
    says: 'in training: how much it costs that experts have unequal shares of the tokens; with softmax `all` this is the loss of Switch (transformers calls it router_aux_loss_coef)',
  },
  zLoss: {
    type: notNegativeNumber,
    optional: true,
    otherwise: '0',
    says: 'in training, with softmax `all`: how much it costs that scores of experts are large (Zoph et al. 2022; router_z_loss_coef)',
  },
})

/** A feed-forward sub-layer that is a mixture of experts. */
export interface FeedForwardSettings extends Values<typeof feedForwardSettings> {}

/** These settings as an object; on the command line, the number of experts alone. */
export const feedForwardType: Type<FeedForwardSettings> = {
  ...groupOf(feedForwardSettings),
  parse: (text) => (/^\d+$/.test(text) ? ({ experts: Number(text) } as FeedForwardSettings) : undefined),
}

/** The experts of a layer; undefined where it has one network. */
export const expertsOf = (
  { feedForward }: { feedForward?: FeedForwardSettings },
  layer: number,
): FeedForwardSettings | undefined =>
  feedForward && (feedForward.layers?.includes(layer) ?? true) ? feedForward : undefined
