import { readFileSync } from 'node:fs';
import { readArchive } from '../../../src/crypto/archive.js';
import { samples } from './samples.js';

/** What a sample election holds, as text, ballots in the order in which they were cast. */
export interface SampleTexts {
  readonly election: string;
  readonly ballots: readonly string[];
  /** The last list of public credentials. */
  readonly credentials: readonly string[];
}

/** The texts of an archive of test/vectors. */
export function sampleArchive(name: keyof typeof samples): SampleTexts {
  const { records } = readArchive(readFileSync(samples[name]));
  const texts = records.map((record) => new TextDecoder().decode(record.bytes));
  const credentials = texts.findLast((text) => /^\["[0-9a-f]+[",]/.test(text)) ?? '[]';
  return {
    credentials: JSON.parse(credentials) as string[],
    election: texts.find((text) => text.startsWith('{"version":1,"description"')) ?? '',
    ballots: texts.filter((text) => text.startsWith('{"election_uuid":')),
  };
}
