import { Server } from '@parley/server'

/** A server that is recorded in one process and played to in another. */
export const makeServer = (): Server => {
  const server = new Server({ name: 'recorded', version: '1.0.0' })
  const input = { type: 'object', properties: { who: { type: 'string' } }, required: ['who'] } as const
  server.tool('greet', { description: 'Greets <name>', input }, ({ who }) => `Hello, ${who}!`)
  server.tool('ask', async (_, ctx) => {
    const schema = { type: 'object', properties: { who: { type: 'string' } }, required: ['who'] } as const
    const answer = await ctx.elicit({ message: 'Who?', schema })
    return answer.action
  })
  return server
}

export const server: Server = makeServer()
