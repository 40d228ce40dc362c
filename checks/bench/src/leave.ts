// Loaded ahead of a program that is profiled: it leaves when it is told to, with its profile written.
process.on('SIGUSR2', () => process.exit(0))
