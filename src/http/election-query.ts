import { IsOptional, IsUUID } from 'class-validator';

/** The election that an address names, of a page that speaks of one. */
export class ElectionQuery {
  @IsOptional()
  @IsUUID('4')
  election?: string;
}
