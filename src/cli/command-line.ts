import { Command, type ErrorOptions } from 'commander'
import { didYouMean } from '../base/did-you-mean.ts'

/**
 * Sets up the command and each of its subcommands. Misspelled option names and values get the library's "Did you mean"
 * message.
 */
export class CommandLine extends Command {
  constructor(name?: string) {
    super(name)
    this.showSuggestionAfterError(false)
  }

  override createCommand(name?: string): CommandLine {
    return new CommandLine(name)
  }

  override error(message: string, options?: ErrorOptions): never {
    const suggestion = this.#suggestion(message, options?.code)
    // the suggestion stands before the list of choices, which may be long
    const [what, choices = ''] = message.split(/(?<= is invalid(?: for argument '.*')?)(?=\. Allowed choices are )/)
    return super.error(what + suggestion + choices, options)
  }

  #suggestion(message: string, code = ''): string {
    if (code === 'commander.unknownOption') return didYouMean(/'(-.*)'/.exec(message)?.[1], this.#flags())
    if (code === 'commander.unknownCommand')
      return didYouMean(
        /'(.*)'/.exec(message)?.[1],
        this.commands.map((command) => command.name()),
      )
    const [, value, choices = ''] =
      /(?:argument|value) '(.*)' is invalid(?: for argument '.*')?\. Allowed choices are (.*)\.$/.exec(message) ?? []
    return didYouMean(value, choices.split(', '))
  }

  /** All flags allowed at this command, including those of its parent. */
  #flags(): string[] {
    const all: Command[] = [this, ...(this.parent ? [this.parent] : [])]
    return all.flatMap((command) =>
      command
        .createHelp()
        .visibleOptions(command)
        .flatMap(({ long }) => long ?? []),
    )
  }
}
