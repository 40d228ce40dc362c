import { Busy, Refused, SqlError, TimedOut, TooLarge, Unreadable } from './errors.ts'
import type { Complaint } from './desk/failure.ts'

/** The error that a worker's complaint is for the caller. */
export const errorFrom = (complaint: Complaint, timeout: number): Error => {
  switch (complaint.kind) {
    case 'sql':
      return new SqlError(complaint.message, complaint.position)
    case 'refused':
      return new Refused(complaint.rule, complaint.message, complaint.position)
    case 'unreadable':
      return new Unreadable(complaint.trouble, complaint.message)
    case 'busy':
      return new Busy(complaint.message)
    case 'memory':
      return new TooLarge()
    case 'size':
      return new TooLarge('A text or blob grew larger than 64 MB. Take less of it, as with substr().')
    case 'stopped':
    case 'timeout':
      return new TimedOut(timeout)
  }
}
