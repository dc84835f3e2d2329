import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsEmail, IsIn, IsInt, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { mailingKinds, type MailingKind } from '../../../events/mailing.events.js';

/** Of which election. */
export class MailingElection {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

/** Which mailing. */
export class MailingParams extends MailingElection {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  mailingId!: string;
}

/** Which letter. */
export class KindBody {
  @ApiProperty({ enum: mailingKinds })
  @IsIn(mailingKinds)
  kind!: MailingKind;
}

/** A letter, and how fast it is to leave. */
export class OrderBody extends KindBody {
  @ApiProperty({ minimum: 1, maximum: 6000 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(6_000)
  perMinute!: number;
}

/** A letter, and where one tries it. */
export class TestBody extends KindBody {
  @ApiProperty({ format: 'email', description: 'Kept nowhere.' })
  @IsEmail()
  @MaxLength(254)
  address!: string;
}
