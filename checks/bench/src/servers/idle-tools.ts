import * as z from 'zod'

/** The tools of a server with sessions; how many is told on the command line. */
export const names: readonly string[] = Array.from(
  { length: Number(process.argv[2]) },
  (_each, index) => `tool_${index}`,
)

const makeShape = () => ({ a: z.number(), b: z.number() })
type Shape = ReturnType<typeof makeShape>

/** What each takes. Made once, which is the best case for those who build a server for each session. */
export const shape: Shape = makeShape()

/** The same as a schema. */
export const schema: z.ZodObject<Shape> = z.object(shape)
