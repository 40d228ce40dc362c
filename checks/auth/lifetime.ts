import { onTestFinished } from 'vitest'

/** Closes something when the test that opened it is over; what was opened last is closed first. */
export const forThisTest = <T extends { close(): Promise<void> }>(opened: T): T => {
  onTestFinished(() => opened.close())
  return opened
}
