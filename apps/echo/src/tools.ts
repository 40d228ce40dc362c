import { loggingLevels } from '@parley/core'
import type { Server } from '@parley/server'
import { z } from 'zod'
import { contentOf, described, formats } from './content.ts'
import { message, shortMessage, writableMessage } from './messages.ts'
import { pause } from './pause.ts'
import type { Recent } from './recent.ts'

/** Changes nothing, the same each time, and reaches nowhere. */
const harmless = { readOnlyHint: true, idempotentHint: true, openWorldHint: false }

/** Adds the tools that say something back: as text, many times, and as every kind of content. */
export const addEchoes = (server: Server, recent: Recent): void => {
  server.tool(
    'echo_tool',
    { title: 'Echo', description: 'Says a message back', input: z.object({ message }), annotations: harmless },
    ({ message: said }) => `Tool echo: ${recent.keep(said)}`,
  )

  server.tool(
    'echo_many',
    {
      description: 'Says a message back many times, reporting progress',
      input: z.object({
        message: shortMessage,
        times: z.int().min(1).max(100).describe('How often'),
        delay_ms: z.int().min(0).max(1000).default(0).describe('Milliseconds before each'),
      }),
      annotations: harmless,
    },
    async ({ message: said, times, delay_ms }, ctx) => {
      const echoes: string[] = []
      for (let count = 1; count <= times; count++) {
        // Throws when the caller cancels, and with it goes what was said so far.
        await pause(delay_ms, ctx.signal)
        echoes.push(said)
        await ctx.progress(count, times, `${count} of ${times}`)
      }
      return echoes.join('\n')
    },
  )

  server.tool(
    'echo_as',
    {
      description: 'Says a message back as any kind of content',
      input: z.object({ message: writableMessage, format: z.enum(formats).describe('The kind of content') }),
      annotations: harmless,
    },
    ({ message: said, format }) => (format === 'json' ? described(said) : contentOf(said, format)),
  )
}

/** Adds the tools that show what a handler can do meanwhile: ask, log, and know who calls. */
export const addConversation = (server: Server, recent: Recent): void => {
  const form = z.object({ message: z.string().min(1).describe('What to say back') })
  server.tool('echo_ask', { description: 'Asks the user what to say' }, async (_, ctx) => {
    const answer = await ctx.elicit({ message: 'What shall I say?', schema: form })
    if (answer.action !== 'accept') return `You chose to ${answer.action}.`
    return `You said: ${recent.keep(answer.content.message)}`
  })

  server.tool(
    'echo_log',
    {
      description: 'Says a message at all eight log levels, and which of them the caller gets to hear',
      input: z.object({ message: shortMessage }),
      annotations: harmless,
    },
    ({ message: said }, ctx) => {
      for (const level of loggingLevels) ctx.log(level, said, 'echo')
      const { logLevel } = ctx.caller
      const heard = logLevel === undefined ? [] : loggingLevels.slice(loggingLevels.indexOf(logLevel))
      return { threshold: logLevel ?? null, heard }
    },
  )

  server.tool(
    'echo_whoami',
    { description: 'Says who is calling, as far as it is known', annotations: harmless },
    (_, ctx) => ({
      client: ctx.caller.info ?? null,
      version: ctx.version,
      era: ctx.era,
      transport: ctx.road,
      subject: ctx.auth?.subject ?? null,
    }),
  )
}
