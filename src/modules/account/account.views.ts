import { NotFoundException } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { Identity } from '../../vault/identities.js';

/** What a session knows of its owner. */
export class SessionView {
  @ApiProperty()
  csrfToken!: string;
  @ApiProperty({ type: String, enum: ['elector', 'staff'], nullable: true })
  kind!: 'elector' | 'staff' | null;
  @ApiProperty({ type: Boolean, nullable: true, description: 'False after « Accès sans activation ».' })
  activated!: boolean | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  signedInAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The sign-in before this one.',
  })
  lastSignIn!: string | null;
}

/** A CAPTCHA: the picture is at `/captcha/{id}`; the question in words and the proof of work need no eyes. */
export class CaptchaView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ enum: ['digits', 'altcha'] })
  kind!: 'digits' | 'altcha';
  @ApiProperty({ description: 'A sum in French words; answer it in figures.' })
  words!: string;
  @ApiProperty({ required: false, description: 'The challenge of a proof of work, in JSON.' })
  challenge?: string;
}

/** A link as its bearer may know it. */
export class LinkView {
  @ApiProperty({ enum: ['open', 'used', 'void', 'expired', 'unknown'] })
  state!: string;
  @ApiProperty({ type: Boolean, nullable: true, description: 'True: a new password. False: activates.' })
  activated!: boolean | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt!: string | null;
}

/** What comes after E6. */
export class ChosenView {
  @ApiProperty({
    enum: ['reset', 'chosen'],
    description: '`reset`: saved and signed in. `chosen`: activate next.',
  })
  next!: 'reset' | 'chosen';
}

/** A challenge question. */
export class QuestionView {
  @ApiProperty()
  id!: string;
  @ApiProperty()
  label!: string;
}

/** What the lists say of an elector (F53, F54); digests stay where they are. */
export class MeView {
  @ApiProperty({ format: 'uuid' })
  electorId!: string;
  @ApiProperty({ format: 'uuid' })
  electionId!: string;
  @ApiProperty()
  email!: string;
  @ApiProperty()
  lastName!: string;
  @ApiProperty()
  firstName!: string;
  @ApiProperty({ format: 'date' })
  birthDate!: string;
  @ApiProperty()
  corps!: string;
  @ApiProperty()
  academy!: string;
  @ApiProperty()
  unit!: string;

  static of(electorId: string, identity: Identity | undefined): MeView {
    if (!identity) throw new NotFoundException();
    const { electionId, email, lastName, firstName, birthDate, corps, academy, unit } = identity;
    return { electorId, electionId, email, lastName, firstName, birthDate, corps, academy, unit };
  }
}
