import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { allocateSeats, shareOut, type Allocation, type Seats, type SeatStep } from '../crypto/seats.js';
import { BadField, integer, list, oneOf, optional, record, text } from '../events/fields.js';

const count = integer(0, Number.MAX_SAFE_INTEGER);
const input = record({
  seats: integer(0, 10_000),
  lists: list(
    record({
      id: text(200),
      votes: count,
      candidates: optional(integer(0, 10_000)),
      /** Of a joint list: the organisations that made it, and the key by which they share its votes. */
      members: optional(list(record({ id: text(200), part: optional(integer(0, 1_000_000)) }), 1, 50)),
    }),
    0,
    10_000,
  ),
  /** Not expressed: they decide nothing and are shown only. */
  blank: optional(count),
  void: optional(count),
  /** What ties are decided by before lots are drawn: `votes`, `candidates` (CAP, CSA) or `votes` alone (CCP). */
  ties: optional(list(oneOf('votes', 'candidates'), 0, 2)),
  /** What lots are drawn from: the seed in the minutes. */
  seed: optional(text(200)),
});
type Input = ReturnType<typeof input.parse>;

/** `isoloir seats FILE.json`: computes an allocation as the proclamation does, and prints each step. */
export function seatsCommand(): Command {
  return new Command('seats')
    .description('allocate seats by quotient and highest average, and print each step')
    .argument(
      '<file>',
      '{ "seats": 15, "lists": [{ "id", "votes", "candidates"? }] }; docs/protocol.md, S1 to S3',
    )
    .option('--json', 'print lists and steps as JSON')
    .action(async (file: string, { json }: { json?: true }, command: Command) => {
      const output = command.configureOutput();
      const given = read(await readFile(file, 'utf8'), file);
      const seats = allocateSeats({ ...given, seed: given.seed ?? '' } satisfies Allocation);
      if (seats.draws.length > 0 && given.seed === undefined)
        output.writeErr?.('seed: a seat was drawn, and no seed was given: this draw is for trial only\n');
      const { lists, steps, draws } = seats;
      const shown = json
        ? `${JSON.stringify({ lists, steps, ...(draws.length > 0 && { draws }) }, null, 2)}\n`
        : describe(given, seats);
      output.writeOut?.(shown);
    });
}

function read(json: string, file: string): Input {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${file}: not JSON: ${(error as Error).message}`, { cause: error });
  }
  try {
    return input.parse(value, '$');
  } catch (error) {
    if (error instanceof BadField) throw new Error(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function describe(given: Input, { lists, steps }: Seats): string {
  const votes = given.lists.reduce((sum, one) => sum + one.votes, 0);
  const lines = [`${given.seats} seats, ${given.lists.length} lists, ${votes} votes expressed`];
  if (given.blank !== undefined || given.void !== undefined)
    lines.push(`  not expressed: ${given.blank ?? 0} blank, ${given.void ?? 0} void`);
  lines.push(...steps.flatMap(describeStep), 'Result');
  for (const { id, seats } of lists) lines.push(`  ${id}: ${seats}`);
  for (const { id, votes: all, members } of given.lists) {
    if (!members) continue;
    const shares = shareOut(all, members).map((share) => `${share.id} ${share.votes}`);
    lines.push(`  ${id} is a joint list; its ${all} votes: ${shares.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function describeStep(step: SeatStep): string[] {
  switch (step.kind) {
    case 'quotient': {
      const [votes, seats] = step.quotient;
      const given = step.given.map(({ list: id, seats: count }) => `  ${id}: ${count}`);
      return [`Quotient ${fraction(votes, seats)}`, ...given];
    }
    case 'average': {
      const averages = step.averages.map(({ list: id, average }) => `${id} ${fraction(...average)}`);
      const tie = step.tied ? `, tied: ${step.tied.join(', ')}; decided by ${step.by}` : '';
      return [`Seat ${step.step} to ${step.list} (highest average${tie})`, `  ${averages.join('; ')}`];
    }
    case 'vacant':
      return [
        `${step.seats} seats stay vacant: ${step.reason === 'no-votes' ? 'no votes' : 'no candidates left'}`,
      ];
  }
}

/** 1000/15 = 66.66…, cut off and never rounded up. */
function fraction(top: number, bottom: number): string {
  if (bottom === 0) return `${top}/0`;
  if (top % bottom === 0) return `${top}/${bottom} = ${top / bottom}`;
  const hundredths = (BigInt(top) * 100n) / BigInt(bottom);
  return `${top}/${bottom} = ${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}…`;
}
