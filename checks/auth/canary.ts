import { afterAll, afterEach, expect } from 'vitest'
import { heard, leaks, overhear } from './overheard.ts'

const listenTo = (stream: NodeJS.WriteStream): void => {
  const write = stream.write.bind(stream)
  stream.write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    overhear(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
    return write(chunk, ...rest)
  }
}

/**
 * Listens to all that this process says while the tests of a file run. A test fails after which a credential has been
 * told, and the file does if there was none to tell.
 */
export const watchOutput = (): void => {
  for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
    const say = console[method].bind(console)
    console[method] = (...values: unknown[]): void => {
      overhear(values.map(String).join(' '))
      say(...values)
    }
  }
  listenTo(process.stdout)
  listenTo(process.stderr)
  afterEach(() => {
    expect(leaks()).toEqual([])
  })
  afterAll(() => {
    const { secrets, words } = heard()
    expect(Math.min(secrets, words)).toBeGreaterThan(0)
  })
}
