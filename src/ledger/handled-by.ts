import { Inject, type Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Executed } from './ledger.js';

/** Gives commands to their decider. */
interface Executing {
  execute(command: unknown): Promise<Executed>;
}

/** The handlers, one a command, of commands that a service gives to its decider as they come. */
export function handledBy(
  service: Type<Executing>,
  commands: readonly Type<object>[],
): Type<ICommandHandler>[] {
  return commands.map((command) => {
    @CommandHandler(command)
    class Handler implements ICommandHandler<object, Executed> {
      constructor(@Inject(service) private readonly executing: Executing) {}

      execute(given: object): Promise<Executed> {
        return this.executing.execute(given);
      }
    }
    Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` }); // Nest names it in what goes wrong
    return Handler;
  });
}
