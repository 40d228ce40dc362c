import { RpcError, ToolError } from '@parley/core'
import { assistant, audio, embedded, image, link, Server, text, user } from '@parley/server'
import { z } from 'zod'
import { badge, tone } from './badge.ts'
import { Recent } from './recent.ts'

const harmless = { readOnlyHint: true, idempotentHint: true, openWorldHint: false }
const message = z.string().describe('What to say back')

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })

/** Makes the echo server: the smallest complete tour of the protocol. */
export const createEcho = (): Server => {
  const server = new Server(
    { name: 'echo', title: 'Echo', version: '1.0.0', description: 'Says back what it hears, in every way there is.' },
    { instructions: 'Call echo_tool to hear a message again. The other tools show one part of the protocol each.' },
  )
  const recent = new Recent()
  const heard = (said: string): string => {
    recent.keep(said)
    server.resourceUpdated('echo://recent')
    return said
  }

  addTools(server, heard)
  addFailures(server)

  server.resource('echo://static', { name: 'static', description: 'Always the same words' }, () => 'Echo!')
  server.resource('echo://recent', { name: 'recent', description: 'What was echoed last, newest first' }, () =>
    recent.startingWith(''),
  )
  server.resource(
    'echo://{message}',
    { name: 'echo', description: 'A message as a resource', complete: { message: (start) => recent.startingWith(start) } },
    ({ message: said }) => `Resource echo: ${heard(said)}`,
  )

  server.prompt(
    'echo_prompt',
    { description: 'Asks the model to process a message', args: { message } },
    ({ message: said }) => `Please process this message: ${said}`,
  )
  server.prompt(
    'echo_dialogue',
    {
      description: 'A message and its answer, as two turns',
      args: { message, answer: z.string().optional().describe('What the assistant said to it') },
    },
    ({ message: said, answer = said }) => [user(said), assistant(answer)],
  )
  return server
}

const addTools = (server: Server, heard: (said: string) => string): void => {
  server.tool(
    'echo_tool',
    { description: 'Says a message back', input: z.object({ message }), annotations: harmless },
    ({ message: said }) => `Tool echo: ${heard(said)}`,
  )

  server.tool(
    'echo_many',
    {
      description: 'Says a message back many times, reporting progress',
      input: z.object({
        message,
        times: z.int().min(1).max(100).describe('How often'),
        delay_ms: z.int().min(0).max(1000).default(0).describe('Milliseconds between two'),
      }),
      annotations: harmless,
    },
    async ({ message: said, times, delay_ms }, ctx) => {
      const echoes: string[] = []
      for (let count = 1; count <= times; count++) {
        await pause(delay_ms, ctx.signal)
        echoes.push(said)
        await ctx.progress(count, times, `${count} of ${times}`)
      }
      return echoes.join('\n')
    },
  )

  const formats = z.enum(['text', 'json', 'image', 'audio', 'link', 'embedded'])
  server.tool(
    'echo_as',
    {
      description: 'Says a message back as any kind of content',
      input: z.object({ message, format: formats.describe('The kind of content') }),
      annotations: harmless,
    },
    async ({ message: said, format }) => {
      const uri = `echo://${encodeURIComponent(said)}`
      switch (format) {
        case 'text':
          return [text(said)]
        case 'json':
          return { message: said, length: said.length }
        case 'image':
          return image(await badge(said))
        case 'audio':
          return audio(tone(said))
        case 'link':
          return link({ uri, name: said === '' ? 'nothing' : said })
        case 'embedded':
          return embedded({ uri, mimeType: 'text/plain', text: said })
      }
    },
  )

  server.tool('echo_ask', { description: 'Asks the user what to say' }, async (_, ctx) => {
    const answer = await ctx.elicit({ message: 'What shall I say?', schema: z.object({ message: z.string().min(1) }) })
    if (answer.action !== 'accept') return `You chose to ${answer.action}.`
    return `You said: ${heard(answer.content.message)}`
  })

  server.tool('echo_log', { description: 'Says a message at all eight log levels', input: z.object({ message }) }, ({ message: said }, ctx) => {
    ctx.log.debug(said)
    ctx.log.info(said)
    ctx.log.notice(said)
    ctx.log.warning(said)
    ctx.log.error(said)
    ctx.log.critical(said)
    ctx.log.alert(said)
    ctx.log.emergency(said)
  })

  server.tool('echo_whoami', { description: 'Says who is calling, as far as it is known', annotations: harmless }, (_, ctx) => ({
    client: ctx.caller.info ?? null,
    version: ctx.version,
    era: ctx.era,
    transport: ctx.road,
    subject: ctx.auth?.subject ?? null,
  }))
}

const addFailures = (server: Server): void => {
  const kinds = z.enum(['tool_error', 'protocol_error', 'exception', 'timeout'])
  server.tool(
    'echo_fail',
    {
      description: 'Fails in one of four ways, for those who write clients',
      input: z.object({ kind: kinds.describe('How to fail; timeout waits until it is cancelled, a minute at most') }),
      annotations: harmless,
    },
    async ({ kind }, ctx) => {
      switch (kind) {
        case 'tool_error':
          throw new ToolError('This tool failed, as you asked.')
        case 'protocol_error':
          throw new RpcError(1, 'This call failed, as you asked.', { kind })
        case 'exception':
          throw new Error('Nobody outside may read this.')
        case 'timeout':
          await pause(60_000, ctx.signal)
          throw new ToolError('Nobody cancelled within a minute.')
      }
    },
  )
}
