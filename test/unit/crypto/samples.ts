import { join } from 'node:path';

const at = (...path: string[]) => join(import.meta.dirname, '../../vectors', ...path);

/** Finished elections that belenios-tool, or a prototype that it accepts, made: all of them are sound. */
export const soundSamples = {
  'ed25519-basic': at('ed25519-basic/QyEwhVPEQ2o7wa.bel'),
  'ed25519-threshold': at('ed25519-threshold/rnrJ6vviMvuENZ.bel'),
  'belenios2048-basic': at('belenios2048-basic/bnmV8UM8aZ67Jn.bel'),
  'two-thresholds': at('two-thresholds/hv2iRxmP2vVWE8.bel'),
  clean: at('tampered/clean.bel'),
};

/** The election of `clean`, tampered with. */
export const tamperedSamples = {
  'bad-individual-proof': at('tampered/bad-individual-proof.bel'),
  'bad-signature': at('tampered/bad-signature.bel'),
  'late-ballot': at('tampered/late-ballot.bel'),
};

export const samples = { ...soundSamples, ...tamperedSamples };
