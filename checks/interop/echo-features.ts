import { expect } from 'vitest'
import { errorOf, said } from './meeting.ts'
import type { Meet } from './meeting.ts'
import type { Bring } from './visitors/visitor.ts'

/** What is expected of one meeting with the echo server. */
export type EchoMeeting = { bring: Bring; version: string; era: 'legacy' | 'modern'; client: string }

/** The two have agreed on a revision, and know one another. */
export const negotiates = (meet: Meet, { version, era }: EchoMeeting): void => {
  const { terms } = meet()
  expect({ version: terms.version, era: terms.era, server: terms.server }).toEqual({
    version,
    era,
    server: { name: 'echo', version: '1.0.0' },
  })
}

/** A tool tells how far it has come. */
export const tellsProgress = async (meet: Meet): Promise<void> => {
  const heard: unknown[] = []
  const onProgress = ({ message }: { message?: string | undefined }): void => void heard.push(message)
  // A pause before each, or the client would drop what comes in one piece with the result.
  const args = { message: 'Ahoy', times: 3, delay_ms: 100 }
  expect(said(await meet().call('echo_many', args, { onProgress }))).toBe('Ahoy\nAhoy\nAhoy')
  expect(heard[0]).toBe('1 of 3')
}

/** A tool is cancelled, and the server goes on to answer. */
export const cancels = async (meet: Meet): Promise<void> => {
  const stop = new AbortController()
  const onProgress = (): void => stop.abort(new DOMException('Enough', 'AbortError'))
  const args = { message: 'Ahoy', times: 100, delay_ms: 100 }
  const { message } = await errorOf(meet().call('echo_many', args, { onProgress, signal: stop.signal }))
  expect(message).toContain('Enough')
  expect(said(await meet().call('echo_tool', { message: 'still here' }))).toBe('Tool echo: still here')
}

/** What the server asks is answered, and declined. */
export const asks = async (meet: Meet): Promise<void> => {
  const { persona } = meet()
  persona.content = { message: 'Ada' }
  expect(said(await meet().call('echo_ask'))).toBe('You said: Ada')
  persona.action = 'decline'
  expect(said(await meet().call('echo_ask'))).toBe('You chose to decline.')
}

/** Lines are logged from the level that a call asks for. */
export const logs = async (meet: Meet): Promise<void> => {
  const heard = meet().persona.logs
  await meet().call('echo_log', { message: 'Ahoy' }, { logLevel: 'critical' })
  const levels = ['critical', 'alert', 'emergency']
  expect(heard).toEqual(levels.map((level) => ({ level, logger: 'echo', data: 'Ahoy' })))
}

/** Resources are listed, and one is read. */
export const reads = async (meet: Meet): Promise<void> => {
  expect((await meet().resourcePages()).flat()).toContain('echo://static')
  const uri = 'echo://Ada%20L'
  expect(await meet().read(uri)).toEqual([{ uri, mimeType: 'text/plain', text: 'Resource echo: Ada L' }])
}

/** A prompt is had. */
export const prompts = async (meet: Meet): Promise<void> => {
  const text = 'Please process this message: Ahoy'
  const messages = await meet().prompt('echo_prompt', { message: 'Ahoy' })
  expect(messages).toEqual([{ role: 'user', content: { type: 'text', text } }])
}

/** A value is completed by what was heard before. */
export const completes = async (meet: Meet): Promise<void> => {
  await meet().call('echo_tool', { message: 'parrot' })
  const ref = { type: 'ref/resource', uri: 'echo://{message}' } as const
  expect((await meet().complete(ref, { name: 'message', value: 'parr' })).values).toEqual(['parrot'])
}

/** An update of a resource is heard of. */
export const tellsUpdate = async (meet: Meet): Promise<void> => {
  const watch = await meet().watch({ uri: 'echo:recent' })
  await meet().call('echo_tool', { message: 'fresh' })
  expect(await watch.next()).toBe('echo:recent')
  await watch.close()
}
