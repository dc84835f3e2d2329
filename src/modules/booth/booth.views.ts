import { ApiProperty } from '@nestjs/swagger';

/** What the gate asks to be signed. */
export class GateView {
  @ApiProperty({ format: 'uuid' })
  electionId!: string;
  @ApiProperty({ description: 'To be signed once, by this session (docs/protocol.md, V7).' })
  nonce!: string;
}

/** A list of candidates, as it can be read before the choice (F73). */
export class BoothListView {
  @ApiProperty({ format: 'uuid' })
  listId!: string;
  @ApiProperty({ type: String, nullable: true })
  affiliation!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The address of a public document.' })
  logo!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The address of a public document.' })
  statement!: string | null;
  @ApiProperty({ type: [String] })
  candidates!: string[];
}

/** Where a scrutin stands for the elector. */
export class BoothScrutinView {
  @ApiProperty({ format: 'uuid' })
  scrutinId!: string;
  @ApiProperty({ enum: ['open', 'suspended', 'closed'] })
  phase!: 'open' | 'suspended' | 'closed';
  @ApiProperty({ format: 'date-time', description: 'When the vote closes: an extension changes it.' })
  closesAt!: string;
  @ApiProperty({ description: 'Whether the register has the signature of the elector.' })
  signed!: boolean;
  @ApiProperty({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'The minute of the vote; null once the register key is destroyed.',
  })
  signedAt!: string | null;
  @ApiProperty({ type: [BoothListView] })
  lists!: BoothListView[];
}

/** All scrutins of the elector. */
export class BoothView {
  @ApiProperty({ type: [BoothScrutinView] })
  scrutins!: BoothScrutinView[];
}
