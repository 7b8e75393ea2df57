/** The entry `glassformer/inspect`, for inspecting a model's computation. */
export type { Player, PlayerInfo } from '../../engine/backend/interface/backend.ts'
export type { TokenPair } from '../../engine/decode/step/index.ts'
export type { AttentionWeights } from '../../engine/decode/teacher-forced.ts'
export type { Program } from '../../engine/program/program.ts'
export { type Initialization, initialize } from '../../learn/train/settings/initialize.ts'
export { type StepOptions, TrainingStep } from '../../learn/train/step/training-step.ts'
export { traceToJson } from '../../trace/data/json.ts'
export { traceFromJson } from '../../trace/data/read-json.ts'
export { traceToSafetensors } from '../../trace/data/safetensors.ts'
export { headColumns, headOf, rowOf } from '../../trace/data/tensor-parts.ts'
export type {
  BeamNode,
  BeamTree,
  Trace,
  TracedAlternative,
  TracedAttribution,
  TracedChoice,
  TracedDistribution,
  TracedIntervention,
  TracedModel,
  TracedShare,
  TracedStack,
  TracedStep,
  TracedSweep,
  TracedTensor,
  TracedText,
  TracedToken,
  TracedTokenShares,
} from '../../trace/data/trace.ts'
export type { Ablation, Intervention, TensorFunction, TensorValues } from '../../trace/edits/intervention.ts'
export { type FigureNeeds, figure, figureNeeds } from '../../trace/figure/figure.ts'
export type { FigureName, FigureOptions } from '../../trace/figure/options.ts'
export type { TraceOptions } from '../../trace/options.ts'
export { type LabeledVectors, LinearProbe, type ProbeOptions } from './linear-probe.ts'
export { ModelInspector, type PartPlay, type Profile } from './model-inspector.ts'
export { type InspectFolderOptions, type InspectOptions, type Part, parts } from './options.ts'
export { TrainingInspector } from './training-inspector.ts'
