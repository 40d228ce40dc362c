import { loggingLevels } from '@parley/core'
import { metaKeys } from '@parley/protocol'
import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { open } from './wire.ts'
import type { Read } from './wire.ts'

const talker = (): Server => {
  const server = new Server({ name: 'talker', version: '1.0.0' })
  server.tool('talk', (_, ctx) => {
    for (const level of loggingLevels) ctx.log(level, `at ${level}`)
    return 'talked'
  })
  server.tool('climb', async (_, ctx) => {
    for (const step of [1, 3, 3, 2, Number.NaN, 4]) await ctx.progress(step)
    void ctx.progress(5)
    return 'climbed'
  })
  return server
}

const heardUntil = async (id: number, next: () => Promise<Read>): Promise<Read[]> => {
  const heard: Read[] = []
  for (let message = await next(); message.id !== id; message = await next()) heard.push(message)
  return heard
}

describe('a modern server', () => {
  it('P6: writes log lines only to a request that named a level, and none below it', async () => {
    const wire = open(talker())
    await wire.ask(1, 'tools/call', { name: 'talk' })
    expect(await heardUntil(1, wire.next)).toEqual([])
    await wire.ask(2, 'tools/call', { name: 'talk' }, { [metaKeys.logLevel]: 'error' })
    const levels = (await heardUntil(2, wire.next)).map(({ method, params }) => [method, params?.['level']])
    expect(levels).toEqual(['error', 'critical', 'alert', 'emergency'].map((level) => ['notifications/message', level]))
    await wire.ask(3, 'tools/call', { name: 'talk' })
    expect(await heardUntil(3, wire.next)).toEqual([])
    await wire.close()
  })

  it('C5: reports progress to whoever gave a token, ever more, and all of it before the result', async () => {
    const wire = open(talker())
    await wire.ask(1, 'tools/call', { name: 'climb' })
    expect(await heardUntil(1, wire.next)).toEqual([])
    await wire.ask(2, 'tools/call', { name: 'climb' }, { progressToken: 'token' })
    const heard = await heardUntil(2, wire.next)
    expect(heard.map(({ params }) => params)).toEqual(
      [1, 3, 4, 5].map((progress) => ({ progressToken: 'token', progress })),
    )
    expect(await wire.sofar()).toEqual([])
    await wire.close()
  })
})
