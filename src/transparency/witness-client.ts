import { printAddCheckpoint } from '../crypto/add-checkpoint.js';
import { cosignedAt, parseSignedCheckpoint } from '../crypto/checkpoint.js';
import type { Witness } from '../crypto/log-policy.js';
import type { Hash } from '../crypto/merkle.js';
import { Malformed } from '../crypto/malformed.js';

const PATIENCE = 5_000; // milliseconds for one answer

/** A checkpoint to be cosigned, and how it follows from older ones. */
export interface Submission {
  readonly checkpoint: string;
  readonly size: number;
  consistency(old: number): Promise<readonly Hash[]>;
}

/** Asks witnesses for cosignatures (c2sp.org/tlog-witness). What they answer is checked, never believed. */
export class WitnessClient {
  /** The size that each witness last cosigned, as far as this instance knows; it says so itself otherwise. */
  private readonly known = new Map<string, number>();

  /** The lines of those who cosigned in time, and why the others did not. */
  async collect(
    witnesses: readonly Witness[],
    submission: Submission,
  ): Promise<{ lines: string; failures: ReadonlyMap<string, string> }> {
    const failures = new Map<string, string>();
    const answers = await Promise.all(
      witnesses.map(async (witness) => {
        try {
          return await this.ask(witness, submission);
        } catch (error) {
          failures.set(witness.name, (error as Error).message);
          return '';
        }
      }),
    );
    return { lines: answers.join(''), failures };
  }

  private async ask(witness: Witness, submission: Submission): Promise<string> {
    if (witness.url === undefined) throw new Error('has no URL in the policy');
    for (let again = true; ; again = false) {
      const old = Math.min(this.known.get(witness.name) ?? 0, submission.size);
      const proof = old === 0 ? [] : await submission.consistency(old);
      const body = printAddCheckpoint({ old, proof, checkpoint: submission.checkpoint });
      const response = await fetch(`${witness.url.replace(/\/$/, '')}/add-checkpoint`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      if (response.status === 409 && again && /^(0|[1-9][0-9]{0,15})\n$/.test(text)) {
        if (Number(text) > submission.size)
          throw new Error(`has seen ${text.trim()} leaves, more than the log has`);
        this.known.set(witness.name, Number(text));
        continue;
      }
      if (response.status !== 200) throw new Error(`answered ${response.status}`);
      const lines = own(witness, submission.checkpoint, text);
      this.known.set(witness.name, submission.size);
      return lines;
    }
  }
}

/** The lines of an answer that are this witness's and hold. */
function own(witness: Witness, checkpoint: string, answer: string): string {
  const held = answer.split(/(?<=\n)/).filter((line) => {
    try {
      return cosignedAt(parseSignedCheckpoint(checkpoint + line).note, witness.key) !== undefined;
    } catch (error) {
      if (error instanceof Malformed) return false;
      throw error;
    }
  });
  if (held[0] === undefined) throw new Error('gave no cosignature that holds');
  return held[0];
}
