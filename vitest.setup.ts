// One unexpected warning fails the run, as one unhandled rejection does: a warning here is a leaked listener, a late
// catch or a deprecated call. Thrown from a turn of its own, it reaches vitest as an unhandled error.
process.on('warning', (warning) => {
  setImmediate(() => {
    throw warning
  })
})
