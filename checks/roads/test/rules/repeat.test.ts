import { connect } from '@parley/client'
import { revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import { memory } from '@parley/transports/memory'
import { describe, expect, it } from 'vitest'

const modern = revisions.filter((revision) => revision.era === 'modern').map((revision) => revision.version)

describe('a handler that asks in other words each time', () => {
  it('M9: is reported at once, and ends its call when it never settles', async () => {
    const reports: string[] = []
    let runs = 0
    const server = new Server(
      { name: 'test', version: '1.0.0' },
      { onError: (error) => void reports.push(error instanceof Error ? error.message : '') },
    )
    server.tool('when', async (_, ctx) => {
      runs += 1
      const schema = { type: 'object', properties: { name: { type: 'string' } } } as const
      return ctx.elicit({ message: `It is run ${runs}. Who are you?`, schema })
    })
    const onElicit = (): { action: 'accept'; content: { name: string } } => ({
      action: 'accept',
      content: { name: 'Ada' },
    })
    const client = await connect(memory(server), { name: 'test', version: '1.0.0', versions: modern, onElicit })
    const outcome = await client.callTool('when').catch((error: unknown) => error)
    await client.close()
    expect(outcome).toMatchObject({
      code: -32603,
      message: expect.stringContaining('asks something else each time') as string,
    })
    expect(runs).toBe(5)
    expect(reports).toHaveLength(3)
    expect(reports[0]).toContain('tools/call cannot be replayed')
  })
})
