import { handledBy } from '../../ledger/handled-by.js';
import { Boxes } from './boxes.js';
import {
  DestroyRegisterKey,
  EncryptTally,
  FilePartialDecryption,
  FreezeBox,
  ProclaimResult,
  RejectPartialDecryption,
  SignMinutes,
  StateDiscrepancy,
  WriteObservation,
} from './counting.commands.js';

/** What is decided on a box after the vote. Where a command carries a verdict, its service has just come to it. */
export const countingHandlers = handledBy(Boxes, [
  FreezeBox,
  StateDiscrepancy,
  DestroyRegisterKey,
  EncryptTally,
  FilePartialDecryption,
  RejectPartialDecryption,
  ProclaimResult,
  WriteObservation,
  SignMinutes,
]);
