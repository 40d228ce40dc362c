// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { createSealer, RpcError, ToolError } from '@parley/core'
import type { ElicitFormParams, ElicitResult, JsonObject } from '@parley/core'
import { InputRequired, Unanswered } from '@parley/protocol'
import type { Dial } from '@parley/protocol'
import { Server, text } from '@parley/server'
import type { Context, ServerOptions } from '@parley/server'
import { bothEras } from '@parley/testing'
import { memory } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'

const sure = { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] } as const
const accept = (content: JsonObject = { sure: true }): ElicitResult => ({ action: 'accept', content }) as ElicitResult

type Handler = (args: object, ctx: Context) => unknown

/** A server with one tool, `t`, that does what the test wants. */
const serving = (handler: Handler, options: ServerOptions = {}): Server => {
  const server = new Server({ name: 'one-tool', version: '1.0.0' }, { onError: () => undefined, ...options })
  server.tool('t', handler as never)
  return server
}

/** What a call came to: the text of its first block, or the error. */
const said = async (client: Client): Promise<unknown> => {
  const { content, isError } = await client.callTool('t')
  const [first] = content
  const words = first?.type === 'text' ? first.text : first
  return isError ? { failed: words } : words
}

const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

/** A form's answers by its message, and a note of what was asked. */
const answering = (
  answers: Record<string, ElicitResult>,
): { asked: string[]; client: () => Partial<ClientOptions> } => {
  const asked: string[] = []
  const onElicit = ({ message }: ElicitFormParams): ElicitResult => {
    asked.push(message)
    return answers[message] ?? { action: 'cancel' }
  }
  return {
    asked,
    client: () => {
      asked.length = 0
      return { onElicit }
    },
  }
}

bothEras(
  'a form: accepted, its content is what the schema makes of it',
  (options) =>
    serving(async (_, ctx) => {
      const answer = await ctx.elicit({ message: 'Sure?', schema: sure })
      return text(`${answer.action} ${JSON.stringify(answer.content)}`)
    }, options),
  async ({ client }) => expect(await said(client)).toBe('accept {"sure":true}'),
  { client: { onElicit: () => accept() } },
)

bothEras(
  'I8: a form: declining and cancelling are answers',
  (options) =>
    serving(async (_, ctx) => {
      const first = await ctx.elicit({ message: 'One?', schema: sure })
      const second = await ctx.elicit({ message: 'Two?', schema: sure })
      return text(`${first.action} ${second.action}`)
    }, options),
  async ({ client }) => expect(await said(client)).toBe('decline cancel'),
  { client: { onElicit: ({ message }) => ({ action: message === 'One?' ? 'decline' : 'cancel' }) } },
)

bothEras(
  'I8: a page to visit',
  (options) =>
    serving(
      async (_, ctx) => text((await ctx.elicit({ message: 'Pay', url: 'https://pay.example/1' })).action),
      options,
    ),
  async ({ client }) => expect(await said(client)).toBe('accept'),
  { client: { onElicitUrl: ({ url }) => ({ action: url === 'https://pay.example/1' ? 'accept' : 'cancel' }) } },
)

bothEras(
  'sampling and roots',
  (options) =>
    serving(async (_, ctx) => {
      const { content } = await ctx.sample({ messages: [{ role: 'user', content: text('Hi') }], maxTokens: 5 })
      const [root] = await ctx.roots()
      const [block] = Array.isArray(content) ? content : [content]
      return text(`${block?.type === 'text' ? block.text : ''} ${root?.uri ?? ''}`)
    }, options),
  async ({ client }) => expect(await said(client)).toBe('Hello file:///home'),
  {
    client: {
      onSample: () => ({ role: 'assistant', model: 'm', content: { type: 'text', text: 'Hello' } }),
      roots: [{ uri: 'file:///home' }],
    },
  },
)

describe('several questions', () => {
  const { asked, client } = answering({ 'A?': accept(), 'B?': accept({ sure: false }), 'C?': { action: 'decline' } })
  let runs = 0
  bothEras(
    'put together are asked in one round',
    (options) => {
      runs = 0
      return serving(async (_, ctx) => {
        runs += 1
        const answers = await Promise.all(['A?', 'B?', 'C?'].map((message) => ctx.elicit({ message, schema: sure })))
        return text(answers.map(({ action, content }) => `${action}:${content?.sure}`).join(' '))
      }, options)
    },
    async ({ client: connected, era, rehearse }) => {
      expect(await said(connected)).toBe('accept:true accept:false decline:undefined')
      expect(asked.toSorted()).toEqual(['A?', 'B?', 'C?'])
      expect(runs).toBe(era === 'modern' || rehearse ? 2 : 1)
    },
    { client },
  )

  bothEras(
    'M6: put one after another each find their own answer, earlier ones included',
    (options) =>
      serving(async (_, ctx) => {
        const seen: unknown[] = []
        for (const message of ['A?', 'B?', 'C?', 'A?'])
          seen.push((await ctx.elicit({ message, schema: sure })).content?.sure)
        return text(JSON.stringify(seen))
      }, options),
    async ({ client: connected }) => {
      expect(await said(connected)).toBe('[true,false,null,true]')
      expect(asked).toEqual(['A?', 'B?', 'C?', 'A?'])
    },
    { client },
  )
})

describe('work that must not happen twice', () => {
  let charges = 0
  bothEras(
    'happens once, though the handler may be run again',
    (options) => {
      charges = 0
      return serving(async (_, ctx) => {
        const number = await ctx.once('charge', () => (charges += 1))
        await ctx.elicit({ message: 'A?', schema: sure })
        await ctx.elicit({ message: 'B?', schema: sure })
        return text(`charge ${number}`)
      }, options)
    },
    async ({ client }) => {
      expect(await said(client)).toBe('charge 1')
      expect(charges).toBe(1)
    },
    { client: { onElicit: () => accept() } },
  )

  let settled = false
  bothEras(
    'is waited for where nobody awaited it',
    (options) => {
      settled = false
      return serving(async (_, ctx) => {
        void ctx.once('slow', async () => {
          await new Promise((resolve) => setImmediate(resolve))
          settled = true
          return 1
        })
        const { action } = await ctx.elicit({ message: 'A?', schema: sure })
        return text(action)
      }, options)
    },
    async ({ client, era, rehearse }) => {
      expect(await said(client)).toBe('accept')
      // Live, it just runs, and there is nothing to seal.
      if (era === 'modern' || rehearse) expect(settled).toBe(true)
    },
    { client: { onElicit: () => accept() } },
  )
})

bothEras(
  'a handler that swallows Unanswered is asked on behalf of all the same',
  (options) =>
    serving(async (_, ctx) => {
      try {
        return text((await ctx.elicit({ message: 'A?', schema: sure })).action)
      } catch {
        return text('swallowed')
      }
    }, options),
  async ({ client }) => expect(await said(client)).toBe('accept'),
  { client: { onElicit: () => accept() } },
)

bothEras(
  'a handler that wraps Unanswered in an error of its own is asked on behalf of all the same',
  (options) =>
    serving(async (_, ctx) => {
      const answer = await ctx.elicit({ message: 'A?', schema: sure }).catch((error: unknown) => {
        throw new ToolError(`wrapped ${String(error)}`)
      })
      return text(answer.action)
    }, options),
  async ({ client }) => expect(await said(client)).toBe('accept'),
  { client: { onElicit: () => accept() } },
)

bothEras(
  'a question may be started, something slow done, and only then awaited',
  (options) =>
    serving(async (_, ctx) => {
      const asking = ctx.elicit({ message: 'A?', schema: sure })
      const visiting = ctx.roots()
      await new Promise((resolve) => setImmediate(resolve))
      const { action } = await asking
      return text(`${action} ${(await visiting).length}`)
    }, options),
  async ({ client }) => expect(await said(client)).toBe('accept 0'),
  { client: { onElicit: () => accept(), roots: [] } },
)

bothEras(
  'a question that is never awaited harms nobody',
  (options) =>
    serving((_, ctx) => {
      void ctx.elicit({ message: 'A?', schema: sure })
      return text('done')
    }, options),
  async ({ client }) => {
    expect(await said(client)).toBe('done')
    expect(await said(client)).toBe('done')
  },
  { client: { onElicit: () => accept() } },
)

describe('a call that has settled', () => {
  let kept: Context | undefined
  let started = false
  bothEras(
    'C5: asks nothing, starts nothing, says nothing',
    (options) => {
      started = false
      return serving((_, ctx) => {
        kept = ctx
        return text('done')
      }, options)
    },
    async ({ client }) => {
      expect(await said(client)).toBe('done')
      const late = kept as Context
      expect(await outcome(late.elicit({ message: 'Late?', schema: sure }))).toBeInstanceOf(Error)
      expect(await outcome(late.once('late', () => void (started = true)))).toBeInstanceOf(Error)
      expect(await outcome(Promise.resolve(late.call.exchange.notify('notifications/message', {})))).toBeInstanceOf(
        Error,
      )
      await late.progress(1)
      late.log.error('late')
      expect(started).toBe(false)
    },
    {
      client: {
        onElicit: () => {
          throw new Error('nobody may be asked')
        },
      },
    },
  )
})

describe('B13: a caller that cannot be asked', () => {
  const refusal = {
    code: expect.toSatisfy((code) => code === -32021 || code === -32600),
    data: { requiredCapabilities: { elicitation: { url: {} } } },
  }
  bothEras(
    'is told what it lacks',
    (options) =>
      serving(async (_, ctx) => text((await ctx.elicit({ message: 'Pay', url: 'https://a.example' })).action), options),
    async ({ client }) => expect(await outcome(client.callTool('t'))).toMatchObject(refusal),
    { client: { onElicit: () => accept() } },
  )

  const { asked, client } = answering({ 'Then so?': accept() })
  bothEras(
    'may be asked something else',
    (options) =>
      serving(async (_, ctx) => {
        try {
          await ctx.elicit({ message: 'Pay', url: 'https://a.example' })
        } catch (error) {
          if (!(error instanceof RpcError)) throw error
        }
        return text((await ctx.elicit({ message: 'Then so?', schema: sure })).action)
      }, options),
    async ({ client: connected }) => {
      expect(await said(connected)).toBe('accept')
      expect(asked).toEqual(['Then so?'])
    },
    { client },
  )

  bothEras(
    'is asked nothing else first, where both were put at once',
    (options) =>
      serving(async (_, ctx) => {
        await Promise.all([
          ctx.elicit({ message: 'Pay', url: 'https://a.example' }),
          ctx.elicit({ message: 'Then so?', schema: sure }),
        ])
        return text('both')
      }, options),
    async ({ client: connected, era, rehearse }) => {
      expect(await outcome(connected.callTool('t'))).toMatchObject(refusal)
      if (era === 'modern' || rehearse) expect(asked).toEqual([])
      expect(era).toBe(connected.era)
    },
    { client },
  )
})

bothEras(
  'I10: an answer that its schema refuses does not reach the handler',
  (options) =>
    serving(async (_, ctx) => {
      const schema = {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value: unknown) =>
            (value as { n: number }).n > 1 ? { value } : { issues: [{ message: 'too small' }] },
          jsonSchema: {
            input: () => ({ type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }),
            output: () => ({}),
          },
        },
      } as const
      const { content } = await ctx.elicit({ message: 'n?', schema: schema as never })
      return text(JSON.stringify(content))
    }, options),
  async ({ client }) => expect(await said(client)).toBe('{"n":2}'),
  {
    client: () => {
      let n = 0
      return { onElicit: () => accept({ n: (n += 1) }) }
    },
  },
)

bothEras(
  "a handler's own outcome: its questions are asked, its answers and state are there on the next run",
  (options) =>
    serving((_, { call: { input } }) => {
      const step = Number(input.state ?? 0)
      if (step === 2) return text(`${step} ${String(input.answers.get('q')?.['action'])}`)
      const params = { mode: 'form', message: `Step ${step}`, requestedSchema: sure }
      return new InputRequired({ requests: { q: { method: 'elicitation/create', params } }, state: step + 1 })
    }, options),
  async ({ client }) => expect(await said(client)).toBe('2 decline'),
  { client: { onElicit: () => ({ action: 'decline' }) } },
)

describe('what cannot end', () => {
  bothEras(
    'M10: a handler that asks for ever is stopped',
    (options) =>
      serving(
        async (_, { call: { input } }) => {
          const params = { mode: 'form', message: 'More?', requestedSchema: sure }
          return new InputRequired({
            requests: { q: { method: 'elicitation/create', params } },
            state: Number(input.state ?? 0) + 1,
          })
        },
        { ...options, maxRounds: 3 },
      ),
    async ({ client }) =>
      expect(await outcome(client.callTool('t'))).toMatchObject({
        code: -32603,
        message: expect.stringContaining('3 times'),
      }),
    { client: { onElicit: () => accept() } },
  )

  it('M10: and so is a server that asks for ever, by the client', async () => {
    const server = serving(() => new InputRequired({ state: 1 }), { maxRounds: 1000 })
    server.tool('asks', (_, { call: { input } }) => {
      const params = { mode: 'form', message: 'More?', requestedSchema: sure }
      return new InputRequired({
        requests: { q: { method: 'elicitation/create', params } },
        state: Number(input.state ?? 0) + 1,
      })
    })
    await using client = await connect(memory(server), {
      name: 'c',
      version: '1',
      maxRounds: 4,
      onElicit: () => accept(),
    })
    expect(await outcome(client.callTool('asks'))).toMatchObject({ name: 'TooManyRounds' })
  })

  it('a handler that asks something else each time is found out', async () => {
    const asked: string[] = []
    const errors: unknown[] = []
    let count = 0
    const handler: Handler = async (_, ctx) => {
      await ctx.elicit({ message: `At ${(count += 1)}?`, schema: sure })
      return text('never')
    }
    const server = serving(handler, { onError: (error) => errors.push(error) })
    const onElicit = ({ message }: ElicitFormParams): ElicitResult => (asked.push(message), accept())
    await using client = await connect(memory(server), { name: 'c', version: '1', onElicit })
    expect(await outcome(client.callTool('t'))).toMatchObject({
      code: -32603,
      message: expect.stringContaining('something else each time'),
    })
    expect(asked).toEqual(['At 1?', 'At 2?', 'At 3?', 'At 4?'])
  })
})

describe('a state that is refused', () => {
  const asks: Handler = async (_, ctx) => {
    const number = await ctx.once('number', () => 7)
    await ctx.elicit({ message: 'A?', schema: sure })
    return text(`number ${number}`)
  }

  /** Two servers behind one address, as a load balancer has them. */
  const balanced = (pick: (round: number) => Server): Dial => {
    let round = 0
    return memory({
      respond: (exchange) => pick(exchange.request.method === 'tools/call' ? (round += 1) : 0).respond(exchange),
      hear: () => undefined,
    })
  }

  it('M4, M6: makes the client start the call afresh, once, with nothing left of before', async () => {
    let runs = 0
    const handler: Handler = (args, ctx) => ((runs += 1), asks(args, ctx))
    const [before, after] = [serving(handler), serving(handler)]
    const asked: string[] = []
    const onElicit = ({ message }: ElicitFormParams): ElicitResult => (asked.push(message), accept())
    await using client = await connect(
      balanced((round) => (round <= 1 ? before : after)),
      { name: 'c', version: '1', onElicit },
    )
    expect(await said(client)).toBe('number 7')
    expect(asked).toEqual(['A?', 'A?'])
    expect(runs).toBe(3)
  })

  it('M4: is surfaced when that does not help', async () => {
    const [one, two] = [serving(asks), serving(asks)]
    await using client = await connect(
      balanced((round) => (round % 2 === 1 ? one : two)),
      { name: 'c', version: '1', onElicit: () => accept() },
    )
    expect(await outcome(client.callTool('t'))).toMatchObject({ code: -32602, message: 'requestState was refused' })
  })

  it('members of a fleet open one another’s, and rotate their secrets without losing a round', async () => {
    const [old, young] = ['old-old-old-0123456789abcdefghijklm', 'new-new-new-0123456789abcdefghijklm']
    const options = { audience: 'fleet' }
    const steps = [
      [[old], [old]],
      [[old], [old, young]],
      [
        [old, young],
        [young, old],
      ],
      [[young, old], [young]],
    ]
    for (const [first, second] of steps as [string[], string[]][]) {
      const [one, two] = [serving(asks, { ...options, secrets: first }), serving(asks, { ...options, secrets: second })]
      const asked: string[] = []
      const onElicit = ({ message }: ElicitFormParams): ElicitResult => (asked.push(message), accept())
      await using client = await connect(
        balanced((round) => (round <= 1 ? one : two)),
        { name: 'c', version: '1', onElicit },
      )
      expect(await said(client)).toBe('number 7')
      expect(asked).toEqual(['A?'])
    }
  })

  it('M5: expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const sealer = createSealer({ secrets: ['0123456789abcdefghijklmnopqrstuv'] })
      const state = await sealer.seal('{}', { a: 1 }, 600_000)
      vi.setSystemTime(Date.now() + 600_001)
      await expect(sealer.open(state, { a: 1 })).rejects.toMatchObject({
        code: -32602,
        message: 'requestState was refused',
      })
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('many callers of one server', () => {
  const crowd = (): Server => {
    const server = new Server({ name: 'crowd', version: '1.0.0' })
    const schema = { type: 'object', properties: { who: { type: 'number' } }, required: ['who'] } as const
    server.tool('whose', { input: schema }, async ({ who }, ctx) => {
      await ctx.progress(1 + who)
      const answer = await ctx.elicit({ message: `Who? ${who}`, schema })
      ctx.log.error({ who })
      return text(`${who} ${String(answer.content?.who)}`)
    })
    return server
  }

  bothEras(
    'two hundred clients with equal ids each get their own answers, progress and log lines, and nobody else’s',
    () => crowd(),
    async ({ version }) => {
      const server = crowd()
      const clients = await Promise.all(
        Array.from({ length: 200 }, async (_, who) => {
          const seen: unknown[] = []
          const client = await connect(memory(server), {
            name: `c${who}`,
            version: '1',
            versions: [version],
            logLevel: 'error',
            onElicit: ({ message }) => (seen.push(message), accept({ who })),
            onLog: ({ data }) => seen.push(data),
          })
          return { client, who, seen }
        }),
      )
      const answers = await Promise.all(
        clients.map(({ client, who, seen }) =>
          client.callTool('whose', { who }, { onProgress: ({ progress }) => seen.push(progress) }),
        ),
      )
      expect(answers.map(({ content }) => content)).toEqual(clients.map(({ who }) => [text(`${who} ${who}`)]))
      for (const { seen, who } of clients) {
        expect([...new Set(seen.map((each) => JSON.stringify(each)))].toSorted()).toEqual(
          [1 + who, `Who? ${who}`, { who }].map((each) => JSON.stringify(each)).toSorted(),
        )
      }
      await Promise.all(clients.map(({ client }) => client.close()))
    },
    { versions: ['2026-07-28', '2025-11-25', '2025-06-18'] },
  )
})

it('Unanswered is what a replayed handler is interrupted by', async () => {
  const caught: unknown[] = []
  const server = serving(async (_, ctx) => {
    await ctx.elicit({ message: 'A?', schema: sure }).catch((error: unknown) => caught.push(error))
    return text('x')
  })
  await using client = await connect(memory(server), { name: 'c', version: '1', onElicit: () => accept() })
  await client.callTool('t')
  expect(caught).toEqual([expect.any(Unanswered)])
})
