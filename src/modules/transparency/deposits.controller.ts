import { Controller, Get, Query, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { parseSignedCheckpoint } from '../../crypto/checkpoint.js';
import { printLogProof } from '../../crypto/log-proof.js';
import { Public } from '../../http/access.guard.js';
import { MOST_FOUND } from '../../transparency/log-store.js';
import { Transparency } from '../../transparency/transparency.js';

class PrefixQuery {
  /** The first one to three characters of a reference. */
  @Matches(/^[A-Za-z0-9+/]{1,3}$/, { message: 'prefix: one to three characters of a reference' })
  prefix!: string;
}

/** A ballot of the box with the proof that it is in the log. */
interface Deposit {
  readonly reference: string;
  readonly scrutinId: string;
  /** c2sp.org/tlog-proof@v1; its extra data is the scrutin's id. */
  readonly proof: string;
}

const utf8 = new TextEncoder();

/**
 * Proofs of deposits, for anyone, without a session (F80). Whoever looks for a ballot gives the first digits of its
 * reference and receives all that begin so: the service does not learn which one is meant.
 */
@ApiTags('transparency')
@Controller('api/deposits')
export class DepositsController {
  constructor(private readonly transparency: Transparency) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'Proofs of the ballots whose references begin with these characters' })
  @ApiOkResponse({ description: 'The checkpoint and a .tlog-proof for each ballot under it' })
  async find(@Query() { prefix }: PrefixQuery): Promise<{ key: string; deposits: Deposit[]; more: boolean }> {
    const { log, checkpoints, signer } = this.transparency;
    const latest = await checkpoints.latest();
    if (!latest) throw new ServiceUnavailableException();
    const { size } = parseSignedCheckpoint(latest.note);
    const found = await log.ballotsBy(prefix);
    const covered = found.slice(0, MOST_FOUND).filter(({ leaf }) => leaf < size);
    const proofs = await log.inclusionProofs(
      covered.map(({ leaf }) => leaf),
      size,
    );
    return {
      key: signer.vkey,
      more: found.length > MOST_FOUND,
      deposits: covered.map(({ reference, scrutinId, leaf }, i) => ({
        reference,
        scrutinId,
        proof: printLogProof({
          extra: utf8.encode(scrutinId),
          index: leaf,
          hashes: proofs[i] ?? [],
          checkpoint: latest.note,
        }),
      })),
    };
  }
}
