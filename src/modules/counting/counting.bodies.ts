import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';

const LONGEST = 100_000;

export class BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  boardId!: string;
}

export class DiscrepancyParams extends BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  requestId!: string;
}

export class ScrutinParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
}

export class ElectionParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

/** A holder's part in one scrutin. */
export class PartBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
  @ApiProperty({ description: 'partial_decryption of Belenios' })
  @IsString()
  @MinLength(2)
  @MaxLength(LONGEST)
  decryption!: string;
  @ApiProperty({ description: 'the binding proof, docs/protocol.md T6' })
  @IsString()
  @MinLength(2)
  @MaxLength(2_000)
  binding!: string;
}

export class PartsBody {
  @ApiProperty({ type: [PartBody] })
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => PartBody)
  parts!: PartBody[];
}

/** What a board states of a scrutin that does not agree. */
export class DiscrepancyBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
  @ApiProperty({
    minLength: 1,
    maxLength: 4_000,
    description: 'What stands in the minutes. It becomes public.',
  })
  @Matches(/\S/)
  @MaxLength(4_000)
  text!: string;
}

export class SignatureBody {
  @ApiProperty({ description: 'the code of the authenticator application' })
  @IsString()
  @MaxLength(16)
  code!: string;
}
