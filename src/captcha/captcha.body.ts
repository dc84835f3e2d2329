import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** The answer to a CAPTCHA, as every form and call that asks for one sends it (F21). */
export class CaptchaBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Which challenge is answered.' })
  @IsOptional()
  @IsUUID('4')
  captchaId?: string;
  @ApiPropertyOptional({ description: 'The digits that were copied, or the sum in figures.' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  captcha?: string;
  @ApiPropertyOptional({ description: 'A proof of work, where the portal asks for one.' })
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  proof?: string;
}
