import { type Command, Option } from 'commander'
import { interfaces } from '../../service/serve/requests/answers.ts'
import { listenSettings, serviceSettings } from '../../service/serve/service/settings.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { modelFlags, type ServeCommandOptions } from './options.ts'

const EXAMPLES = `
Requests of many users share each step of the decoder. Clients of DeepL and of
LibreTranslate work when their address is changed. SIGTERM and Ctrl-C end the
server when it has answered what it has accepted; a second one ends it at once.
docs/serving.md says what it answers, and how to run it.

Examples:
  $ glassformer serve
  $ curl -H 'content-type: application/json' localhost:5000/v1/translate -d '{ "text": "Je suis étudiant." }'
  $ glassformer serve --host 0.0.0.0 --model fr-en en-fr --keys keys.txt
  $ glassformer serve --model fr-en openai/whisper-base
  $ glassformer serve --settings serve.json`

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('translate over HTTP: our own interface, DeepL’s and LibreTranslate’s; transcribe: OpenAI’s')
    .option('-m, --model <folders...>', 'model folders and names, as in fr-en or mine=./folder (default: fr-en)')
    .option('--settings <file>', 'a JSON file of settings, as docs/serving.md has them; flags count before it')
    .addOption(new Option('--apis <names...>', 'the interfaces (default: all)').choices(interfaces))
    .option('--cors <origins...>', 'origins whose pages may ask; * for all (default: none)')
    .option('--hosts <names...>', 'names by which a server without keys may be asked, beside localhost')
  addFlags(command, listenSettings, 'Listening:')
  addFlags(command, serviceSettings, 'Service:')
  addFlags(command, modelFlags, 'Models and machine:')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeCommandOptions) => {
      const { runServer } = await import('./run.ts')
      await runServer(options)
    })
}
