import { usage } from './failure.ts'

/** Reads a `--port`. @throws Failure for what is none */
export const readPort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (port > 65_535) throw usage(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`)
  return port
}
