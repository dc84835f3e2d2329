import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** The fields of the forms. A field that is empty is a mistake that the page explains, so it is no bad request. */
class CaptchaForm {
  @IsOptional()
  @IsUUID('4')
  captchaId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  captcha?: string;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  proof?: string;
}

/** E3. */
export class IdentifierForm extends CaptchaForm {
  @IsOptional()
  @IsUUID('4')
  electionId?: string;

  @IsString()
  @MaxLength(254)
  identifier = '';
}

/** E4. */
export class PasswordForm extends CaptchaForm {
  @IsString()
  @MaxLength(1024)
  password = '';
}

/** E6. */
export class NewPasswordForm extends PasswordForm {
  @IsString()
  @MaxLength(1024)
  confirmation = '';
}

/** E7. */
export class ActivationForm {
  @IsString()
  @MaxLength(100)
  question = '';

  @IsString()
  @MaxLength(1024)
  answer = '';

  @IsString()
  @MaxLength(1024)
  confirmation = '';

  /** Which button: « ACTIVER SON COMPTE » or « ACCES SANS ACTIVATION ». */
  @IsOptional()
  @IsString()
  @MaxLength(10)
  choix?: string;
}
