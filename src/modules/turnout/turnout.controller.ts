import { Body, Controller, Get, Header, HttpCode, NotFoundException, Param, Put } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { ElectionParams, ScrutinParams } from './turnout.pages.js';
import { Turnouts, type ElectionFigures } from './turnouts.js';

class EarlierBody {
  @ApiProperty({ description: 'CSV: `scrutin;heures;inscrits;votants`.' })
  @IsString()
  @Length(1, 200_000)
  csv!: string;
}

/** Turnout for programs: JSON and CSV. Never a word about choices (F106). */
@ApiTags('turnout')
@Staff('administrator', 'board', 'auditor')
@Controller('api/elections/:electionId/turnout')
export class TurnoutController {
  constructor(private readonly turnouts: Turnouts) {}

  /** All scrutins together, each of them, and hour by hour. */
  @Get()
  @ApiOkResponse({ description: 'Electors and votes; `hours` are sums of all scrutins.' })
  @ApiNotFoundResponse({ description: 'No election has this id.' })
  async all(@Param() { electionId }: ElectionParams): Promise<ElectionFigures> {
    return this.figures(electionId);
  }

  /** The same by scrutin, for a spreadsheet. */
  @Get('scrutins.csv')
  @Header('Content-Type', 'text/csv; charset=utf-8')
  @ApiOkResponse({ description: '`scrutin;code;inscrits;votants;taux`' })
  async byScrutin(@Param() { electionId }: ElectionParams): Promise<string> {
    const { scrutins } = await this.figures(electionId);
    const rows = scrutins.map(({ title, code, electors, votes }) => [
      title,
      code ?? '',
      electors,
      votes,
      share(votes, electors),
    ]);
    return csvOf([['scrutin', 'code', 'inscrits', 'votants', 'taux'], ...rows]);
  }

  /** The same by hour (UTC), all scrutins together, for a spreadsheet. */
  @Get('heures.csv')
  @Header('Content-Type', 'text/csv; charset=utf-8')
  @ApiOkResponse({ description: '`heure;votants;cumul`' })
  async byHour(@Param() { electionId }: ElectionParams): Promise<string> {
    const { hours } = await this.figures(electionId);
    return csvOf([
      ['heure', 'votants', 'cumul'],
      ...hours.map(({ hour, votes, sum }) => [hour.toISOString(), votes, sum]),
    ]);
  }

  /** One scrutin: by hour, and by academy, department and corps while its register key lives. Cells of ten electors at least. */
  @Get('scrutins/:scrutinId')
  @ApiOkResponse({ description: '`units` is null once the register key is destroyed.' })
  async one(@Param() { electionId, scrutinId }: ScrutinParams): Promise<object> {
    const found = await this.turnouts.ofScrutin(electionId, scrutinId);
    if (!found) throw new NotFoundException();
    return { ...found, units: found.units ?? null };
  }

  /** Files the turnout of an earlier election, to compare with. */
  @Staff('administrator')
  @Put('earlier')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Filed; the journal of events names who.' })
  async compare(
    @StaffId() staffId: string,
    @Param() { electionId }: ElectionParams,
    @Body() { csv }: EarlierBody,
  ): Promise<void> {
    await this.turnouts.fileEarlier(electionId, csv, staffId);
  }

  private async figures(electionId: string): Promise<ElectionFigures> {
    const figures = await this.turnouts.ofElection(electionId);
    if (!figures) throw new NotFoundException();
    return figures;
  }
}

function share(votes: number, electors: number): string {
  return electors === 0 ? '' : (votes / electors).toFixed(4).replace('.', ',');
}

/** Semicolons, as French spreadsheets read; what could be a formula there is made text. */
function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    if (typeof value === 'number') return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[";\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`;
}
