import { image, link, Server } from '@parley/server'

const everyField = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Full name', description: 'As on the passport', minLength: 2 },
    mail: { type: 'string', format: 'email' },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    agrees: { type: 'boolean', default: true },
    maybe: { type: 'boolean' },
    size: { enum: ['S', 'M', 'L'], default: 'M' },
    colour: {
      oneOf: [
        { const: '#f00', title: 'Red' },
        { const: '#0f0', title: 'Green' },
      ],
    },
    toppings: { type: 'array', items: { enum: ['cheese', 'olives'] } },
    tags: { type: 'array', items: { type: 'string' } },
    nick: { type: ['string', 'null'] },
    address: {
      type: 'object',
      properties: { street: { type: 'string' }, number: { type: 'integer' } },
      required: ['street'],
    },
    extra: {},
  },
  required: ['name', 'tags'],
} as const

const survey = {
  type: 'object',
  properties: {
    mail: { type: 'string', format: 'email', title: 'Mail' },
    stars: { type: 'integer', minimum: 1, maximum: 5, default: 3 },
    again: { type: 'boolean', default: true },
    colour: {
      type: 'string',
      oneOf: [
        { const: 'r', title: 'Red' },
        { const: 'g', title: 'Green' },
      ],
    },
    days: { type: 'array', items: { type: 'string', enum: ['Mon', 'Tue'] } },
  },
  required: ['mail'],
} as const

/** What a server could send to a page that takes text for markup. */
export const hostile = '<img src=x onerror="document.title=`taken`"><script>document.title=`taken`</script>'

const rows = [
  { city: 'Lisbon', people: 545_000, capital: true },
  { city: 'Porto', people: 231_000, capital: false },
]

const addAnswers = (server: Server): void => {
  server.tool('form', { description: 'Says what it was given', input: everyField }, (given) => JSON.stringify(given))
  server.tool('table', { description: 'A table', annotations: { readOnlyHint: true } }, () => ({ cities: rows }))
  server.tool('hostile', { title: hostile, description: hostile }, () => [
    { type: 'text', text: hostile },
    link({ uri: 'javascript:document.title="taken"', name: hostile }),
    link({ uri: 'https://example.com/', name: 'A web page' }),
    image(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"/>'), {
      mimeType: 'image/svg+xml',
    }),
  ])
  server.tool('forever', { description: 'Never ends' }, async (_, ctx) => {
    await ctx.progress(1, 10, 'Waiting')
    return new Promise<string>((_resolve, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))
    })
  })
}

const addQuestions = (server: Server): void => {
  server.tool('survey', { description: 'Asks by a form' }, async (_, ctx) => {
    const answer = await ctx.elicit({ message: 'How was it?', schema: survey })
    return JSON.stringify(answer)
  })
  server.tool('consent', { description: 'Asks to open a page' }, async (_, ctx) => {
    const { action } = await ctx.elicit({ message: 'Sign in there', url: 'https://xn--pple-43d.test/sign-in?a=b' })
    return `You chose to ${action}.`
  })
  server.tool('sample', { description: 'Asks a model' }, async (_, ctx) => {
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: 'Write a haiku' } }]
    const { content, model } = await ctx.sample({ messages, systemPrompt: 'Be brief', maxTokens: 50 })
    return JSON.stringify({ content, model })
  })
  server.tool('roots', { description: 'Asks where it may work' }, async (_, ctx) => JSON.stringify(await ctx.roots()))
}

/** Makes a server that has everything which an inspector must show. */
export const makeInspected = (): Server => {
  const server = new Server({ name: 'inspected', title: 'Inspected', version: '2.0.0' }, { instructions: hostile })
  addAnswers(server)
  addQuestions(server)
  return server
}
