import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AuthorizationRequired, clientCredentials } from '../src/client.ts'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const redirect = 'https://app.example/callback'

/** All that an error shows to whoever prints it, and to whoever makes JSON of it. */
const shownOf = (error: Error): string =>
  `${inspect(error, { depth: 20 })} ${JSON.stringify(error)} ${error.stack ?? ''} ${String(error)}`

describe('what errors tell', () => {
  it('T2: holds no code and no state where a callback is no URL, and the session stays good', async () => {
    const world = new World()
    const login = world.login({ redirect })
    const { authorizationUrl, session } = await login.begin()
    const error = await failureOf(login.finish(session, '//[?code=canary-code&state=canary-state'))
    expect(error).toMatchObject({ check: 'state' })
    expect(shownOf(error)).not.toContain('canary')
    await login.finish(session, await world.visit(authorizationUrl))
  })

  it('a callback may be as a server reads it from a request: without its origin', async () => {
    const world = new World()
    const login = world.login({ redirect })
    const { authorizationUrl, session } = await login.begin()
    const { pathname, search } = await world.visit(authorizationUrl)
    await login.finish(session, `${pathname}${search}`)
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
  })

  it('T2: holds nothing that the token endpoint says back, be it as the name of its error', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, ({ form }) =>
      Response.json({ error: `no_${form.get('code_verifier')}`, error_description: form.get('code') }, { status: 400 }),
    )
    const error = await failureOf(world.login().fetch(serverUrl))
    const [sent] = world.to(`${issuer}/token`)
    expect(error).toMatchObject({ check: 'token', reason: 'no_…' })
    for (const name of ['code', 'code_verifier']) expect(shownOf(error)).not.toContain(sent?.form.get(name))
  })

  it('T2: holds no client secret that went by the header', async () => {
    const world = new World()
    const secret = 'canary secret/1'
    world.answers.set(`${issuer}/token`, ({ headers }) =>
      Response.json(
        {
          error: 'invalid_client',
          error_description: `${secret} is wrong, as is ${(headers.get('authorization') ?? '').slice('Basic '.length)}`,
        },
        { status: 401 },
      ),
    )
    const { fetch, metadataFetch } = world
    const options = { clientId: 'robot', clientSecret: secret, issuer, fetch, metadataFetch }
    const error = await failureOf(clientCredentials(serverUrl, options).authorize())
    expect(error).toMatchObject({ check: 'token', reason: 'invalid_client' })
    expect(shownOf(error)).not.toContain('canary')
    expect(shownOf(error)).not.toContain((world.to(`${issuer}/token`)[0]?.headers.get('authorization') ?? '').slice(6))
  })

  it('holds no state where the user has to be sent somewhere', async () => {
    const required = await failureOf(new World().login({ redirect }).fetch(serverUrl))
    if (!(required instanceof AuthorizationRequired)) throw required
    const state = required.authorizationUrl.searchParams.get('state') ?? ''
    expect(state).toBe(required.session.state)
    expect(shownOf(required)).not.toContain(state)
  })
})
