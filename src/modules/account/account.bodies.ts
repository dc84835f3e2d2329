import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { CaptchaBody } from '../../captcha/captcha.body.js';
import { challengeQuestions } from './challenge-questions.js';

/** Screen E3. */
export class IdentifyBody extends CaptchaBody {
  @ApiProperty({ description: 'The professional address.' })
  @IsString()
  @Length(3, 254)
  identifier!: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The election of this portal, unless it is said.' })
  @IsOptional()
  @IsUUID('4')
  electionId?: string;
}

/** Screen E4. The rules of a password are not told here: a wrong one is wrong. */
export class PasswordBody extends CaptchaBody {
  @ApiProperty()
  @IsString()
  @Length(1, 256)
  password!: string;
}

/** The token of a link, as the mail has it. */
export class LinkBody {
  @ApiProperty({ description: 'What the address in the mail ends with.' })
  @Matches(/^[\w-]{80}$/)
  token!: string;
}

/** Screen E6. */
export class NewPasswordBody extends CaptchaBody {
  @ApiProperty({ description: '12 to 256 characters: lower case, upper case, digit, special character.' })
  @IsString()
  @Length(1, 300)
  password!: string;
  @ApiProperty()
  @IsString()
  @Length(1, 300)
  confirmation!: string;
}

/** Screen E7. */
export class ActivationBody {
  @ApiProperty({ enum: challengeQuestions.map(({ id }) => id) })
  @IsString()
  @MaxLength(40)
  question!: string;
  @ApiProperty()
  @IsString()
  @Length(1, 200)
  answer!: string;
  @ApiProperty()
  @IsString()
  @Length(1, 200)
  confirmation!: string;
}
