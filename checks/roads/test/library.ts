import { ToolError } from '@parley/core'
import { InputRequired } from '@parley/protocol'
import { link, Server, text } from '@parley/server'
import type { ServerOptions } from '@parley/server'

const sure = {
  type: 'object',
  properties: { sure: { type: 'boolean', title: 'Sure?' } },
  required: ['sure'],
} as const

const named = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const

/** Waits for the caller to give up, which is when the signal aborts. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }))

const addTools = (server: Server): void => {
  server.tool(
    'add',
    {
      title: 'Add',
      description: 'Adds two numbers.',
      annotations: { readOnlyHint: true },
      icons: [{ src: 'https://library.example/add.png' }],
      input: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      } as const,
      output: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] } as const,
    },
    ({ a, b }) => ({ sum: a + b }),
  )
  server.tool('numbers', { output: { type: 'array', items: { type: 'integer' } } as const }, () => [1, 2, 3])
  server.tool('fail', () => {
    throw new ToolError('The shelf is empty.')
  })
  server.tool('crash', () => {
    throw new Error('password=hunter2')
  })
  server.tool('find', () => [text('Found it.'), link({ uri: 'note://welcome', name: 'welcome' })])
  server.tool('wait', (_, { signal }) => untilAborted(signal))
  server.tool('count', async (_, ctx) => {
    for (let page = 1; page <= 3; page += 1) await ctx.progress(page, 3, `page ${page}`)
    return text('Counted.')
  })
  server.tool('talk', (_, ctx) => {
    ctx.log.debug('looking')
    ctx.log.warning({ shelf: 7 }, 'shelves')
    ctx.log.error('dust')
    return text('Said.')
  })
}

const addQuestions = (server: Server): void => {
  server.tool('lend', async (_, ctx) => {
    const answer = await ctx.elicit({ message: 'Lend it?', schema: sure }, { key: 'lend' })
    return text(answer.action === 'accept' ? `Lent: ${String(answer.content.sure)}` : `Not lent: ${answer.action}`)
  })
  server.tool('register', async (_, ctx) => {
    const number = await ctx.once('number', () => 4711)
    const { content } = await ctx.elicit({ message: 'Your name?', schema: named }, { key: 'name' })
    const [confirmed, roots] = await Promise.all([
      ctx.elicit({ message: `Register ${content?.name ?? 'nobody'}?`, schema: sure }, { key: 'confirm' }),
      ctx.roots(),
    ])
    return text(`${content?.name ?? 'nobody'} is number ${number}: ${confirmed.action}, ${roots.length} roots`)
  })
  server.tool('pay', async (_, ctx) => {
    const { action } = await ctx.elicit({ message: 'Pay the fee.', url: 'https://library.example/pay' }, { key: 'pay' })
    return text(action)
  })
  server.tool('summarize', async (_, ctx) => {
    const messages = [{ role: 'user', content: text('Summarize.') } as const]
    const { content } = await ctx.sample({ messages, maxTokens: 10 }, { key: 'summary' })
    return Array.isArray(content) ? content : [content]
  })
  server.tool('renew', (_, ctx) => {
    const { input } = ctx.call
    const answer = input.answers.get('months')
    if (answer !== undefined) return text(`${JSON.stringify(input.state)}: ${String(answer['action'])}`)
    const params = { mode: 'form', message: 'For how long?', requestedSchema: sure }
    return new InputRequired({ requests: { months: { method: 'elicitation/create', params } }, state: 'card-12' })
  })
}

const addResources = (server: Server): void => {
  server.resource('note://welcome', { name: 'welcome', title: 'Welcome', mimeType: 'text/plain' }, () => 'Come in.')
  server.resource('note://stamp', { name: 'stamp', mimeType: 'image/png' }, () => new Uint8Array([137, 80, 78, 71]))
  const shelves = ['art', 'biology', 'botany']
  server.resource(
    'shelf://{name}',
    { name: 'shelf', complete: { name: (value) => shelves.filter((each) => each.startsWith(value)) } },
    ({ name }) => (shelves.includes(name) ? `Books on ${name}.` : undefined),
  )
  server.tool('touch', () => {
    server.resourceUpdated('note://welcome')
    server.resourceUpdated('note://stamp')
    return text('Touched.')
  })
  server.tool('leave', () => {
    void server.close()
    return text('Closing time.')
  })
  server.tool('grow', () => {
    server.prompt('fresh', () => 'Fresh.')
    return text('Grown.')
  })
}

/** A server with one of everything, for transcripts; answers are the same each time. */
export const library = (options: ServerOptions = {}): Server => {
  const server = new Server(
    { name: 'library', version: '1.0.0', title: 'The library' },
    { instructions: 'Whisper.', onError: () => undefined, ...options },
  )
  addTools(server)
  addQuestions(server)
  addResources(server)
  server.prompt(
    'recommend',
    {
      description: 'Asks for a book.',
      args: {
        type: 'object',
        properties: { genre: { type: 'string', enum: ['crime', 'comedy', 'poetry'] }, mood: { type: 'string' } },
        required: ['genre'],
      } as const,
    },
    ({ genre }) => `Recommend a book of ${genre}.`,
  )
  return server
}

/** A server with nothing to offer. */
export const bare = (): Server => new Server({ name: 'bare', version: '1.0.0' }, { logging: false })
