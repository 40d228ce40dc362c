import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const noCodeLeft = (world: World): void => {
  expect(world.to(`${issuer}/token`)).toEqual([])
}

describe('the iss of an authorization response', () => {
  it.each<[string, boolean | undefined, string | undefined, boolean]>([
    ['is advertised and right', true, issuer, true],
    ['is advertised and missing', true, undefined, false],
    ['is advertised and wrong', true, 'https://evil.example', false],
    ['is not advertised and right', undefined, issuer, true],
    ['is not advertised and missing', undefined, undefined, true],
    ['is not advertised and wrong', undefined, 'https://evil.example', false],
    ['has a slash more', true, `${issuer}/`, false],
    ['has upper case', true, 'https://AS.example', false],
    ['has the default port', true, 'https://as.example:443', false],
    ['is empty', true, '', false],
  ])('Z12, T32: %s', async (_what, promised, iss, isTaken) => {
    const world = new World()
    world.publish(issuer, { authorization_response_iss_parameter_supported: promised })
    world.back = ({ searchParams }) => (iss === undefined ? searchParams.delete('iss') : searchParams.set('iss', iss))
    const outcome = world.login().fetch(serverUrl)
    if (isTaken) {
      expect(await textOf(outcome)).toContain('served')
      return
    }
    expect(await failureOf(outcome)).toMatchObject({ check: 'issuer', expected: issuer, actual: iss })
    noCodeLeft(world)
  })

  it('Z12: an error from another issuer is neither acted on nor shown', async () => {
    const world = new World()
    world.back = ({ searchParams }) => {
      searchParams.delete('code')
      searchParams.set('iss', 'https://evil.example')
      searchParams.set('error', 'call_this_number')
      searchParams.set('error_description', 'Call +1 555 0100')
    }
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'issuer', reason: undefined })
    expect(inspect(failure)).not.toMatch(/call_this_number|555/)
  })

  it('Z12: an error from the right issuer is told', async () => {
    const world = new World()
    world.back = ({ searchParams }) => {
      searchParams.delete('code')
      searchParams.set('error', 'access_denied')
      searchParams.set('error_description', 'The user\u001B[31m said no')
    }
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'authorization', reason: 'access_denied' })
    expect(failure.message).toContain('The user?[31m said no')
    noCodeLeft(world)
  })
})

describe('the state of an authorization response', () => {
  it.each<[string, (query: URLSearchParams) => void]>([
    ['missing', (query) => query.delete('state')],
    ['wrong', (query) => query.set('state', 'another')],
    ['empty', (query) => query.set('state', '')],
    ['double', (query) => query.append('state', 'another')],
  ])('Z13, T34: %s', async (_what, change) => {
    const world = new World()
    world.back = ({ searchParams }) => change(searchParams)
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure.check).toBe('state')
    noCodeLeft(world)
  })

  it.each(['iss', 'code'])('T34: a second %s is refused', async (name) => {
    const world = new World()
    world.back = ({ searchParams }) => searchParams.append(name, 'another')
    expect((await failureOf(world.login().fetch(serverUrl))).check).toBe('state')
    noCodeLeft(world)
  })

  it('T34: an answer that comes too late is refused', async () => {
    const world = new World()
    world.back = () => void (world.time += 600_001)
    expect((await failureOf(world.login().fetch(serverUrl))).check).toBe('state')
    noCodeLeft(world)
  })

  it('an answer without a code is refused', async () => {
    const world = new World()
    world.back = ({ searchParams }) => searchParams.delete('code')
    expect((await failureOf(world.login().fetch(serverUrl))).check).toBe('authorization')
    noCodeLeft(world)
  })
})

describe('the answer of a token endpoint', () => {
  const answers: [string, () => Response][] = [
    ['an error', () => Response.json({ error: 'invalid_grant', error_description: 'no' }, { status: 400 })],
    ['an error with 200', () => Response.json({ error: 'bad_verification_code' })],
    [
      'a 401 with a challenge',
      () => Response.json({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic' } }),
    ],
    ['no token', () => Response.json({ token_type: 'Bearer' })],
    ['no type', () => Response.json({ access_token: 'canary' })],
    ['another type', () => Response.json({ access_token: 'canary', token_type: 'mac' })],
    ['an identity grant', () => Response.json({ access_token: 'canary', token_type: 'N_A' })],
    ['a token of another shape', () => Response.json({ access_token: { canary: 1 }, token_type: 'Bearer' })],
    ['a token that breaks a header', () => Response.json({ access_token: 'a\r\nx: canary', token_type: 'Bearer' })],
    ['a page', () => new Response('<p>canary</p>', { headers: { 'content-type': 'text/html' } })],
    ['a redirect', () => new Response('', { status: 307, headers: { location: 'https://evil.example/canary' } })],
    ['a failure', () => new Response('canary', { status: 500 })],
    ['a list', () => Response.json(['canary'])],
  ]

  it.each(answers)('is refused: %s', async (_what, answer) => {
    const world = new World()
    world.answers.set(`${issuer}/token`, answer)
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure).toMatchObject({ name: 'AuthError', check: 'token' })
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('canary')
    expect(world.to('https://evil.example/canary')).toEqual([])
  })

  it('that is an error with 200 is told as one', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, () => Response.json({ error: 'bad_verification_code' }))
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ reason: 'bad_verification_code' })
  })

  it('is told without what was sent in confidence', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, ({ form }) => {
      const description = `${form.get('code')} with ${form.get('code_verifier')} is unknown`
      return Response.json({ error: 'invalid_grant', error_description: description }, { status: 400 })
    })
    const failure = await failureOf(world.login().fetch(serverUrl))
    const [sent] = world.to(`${issuer}/token`)
    expect(failure.message).toContain('invalid_grant: … with … is unknown')
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(sent?.form.get('code_verifier'))
  })

  it('may hold an ID token, which is of no use', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, () => Response.json({ ...world.issue([]), id_token: 'no.jwt.at-all' }))
    expect(await textOf(world.login().fetch(serverUrl))).toContain('served')
  })
})
