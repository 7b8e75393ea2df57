import { type Command, Option } from 'commander'
import { storedDtypes } from '../../files/folders/tensors/stored-dtype.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { type ConvertCommandOptions, readFlags } from './options.ts'

const EXAMPLES = `
Writes a model in glassformer's own layout, for instance one of Marian's own
files (.npz or .bin, as browsers have them) or of CTranslate2, whose int8
weights stay as they are. Or writes a model so that Hugging Face's
transformers loads it in Python, with
AutoModelForSeq2SeqLM.from_pretrained(FOLDER): weights as safetensors under
its names, config.json and generation_config.json. A folder from the hub keeps
its files and settings, and weights of pytorch_model.bin become safetensors.
Other folders become one of the family that has such a model: marian, bart,
mbart, m2m_100, pegasus, blenderbot, t5 or gpt2 (AutoModelForCausalLM).

Examples:
  $ glassformer convert ./enpt --to glassformer --output en-pt
  $ glassformer convert my-run/model --to huggingface --output for-python
  $ glassformer convert ./opus-mt-fr-en --to huggingface --dtype float16 -o half
  $ glassformer convert fr-en --to glassformer --merge-adapter legal/adapter -o legal-fr-en
  $ glassformer convert ./nllb-ct2 --to huggingface --output nllb`

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .description('write a model folder for others')
    .argument('<model>', 'model folder, or fr-en: the embedded model')
    .addOption(
      new Option('--to <layout>', 'who is to read it')
        .choices(['huggingface', 'glassformer'] as const)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--dtype <dtype>',
        'what weights are stored in; default: as most weights are stored, for huggingface float32 instead of int8 and int4',
      ).choices(storedDtypes),
    )
    .requiredOption('-o, --output <folder>', 'the folder to write')
  addFlags(command, readFlags)
    .option('--force', 'write also where the folder holds a model already')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: ConvertCommandOptions) => {
      const { convertModel } = await import('./run.ts')
      await convertModel(model, options)
    })
}
