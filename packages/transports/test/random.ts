/** Numbers that look random and are the same for the same seed, so that a failure can be repeated. */
export const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed * 2_654_435_761 + 1
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
}
