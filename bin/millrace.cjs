#!/usr/bin/env node
// bin/millrace.cjs (mode 755)
// Starts the command line on a Node that is new enough. Plain old JavaScript: any Node must be able to read this file.
'use strict'
var fs = require('fs')
var path = require('path')

var NEEDED = [24, 16]
// The registry's Node for this platform, as a package without an install script.
var isWindows = process.platform === 'win32'
var nodePackage = 'node-' + (isWindows ? 'win' : process.platform) + '-' + process.arch

function isNewEnough(version) {
  var parts = version.split('.').map(Number)
  return parts[0] > NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] >= NEEDED[1])
}

/** Where that package's Node is, or null when it is not installed. */
function installedNode() {
  try {
    return path.join(
      path.dirname(require.resolve(nodePackage + '/package.json')),
      'bin',
      isWindows ? 'node.exe' : 'node',
    )
  } catch {
    return null
  }
}

/** Runs this file again on `node`; its output, signals and exit become ours. */
function runOn(node) {
  var env = Object.assign({}, process.env, { MILLRACE_LAUNCHED: '1' })
  var options = { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: env }
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), options)
  var isTerminal = [0, 1, 2].some(require('tty').isatty)
  ;['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].forEach(function (signal) {
    // A terminal sends Ctrl-C and Ctrl-\ to both of us; sending it on would make two of one.
    var isSentToBoth = isTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')
    process.on(signal, function () {
      if (!isSentToBoth) child.kill(signal)
    })
  })
  child.on('error', fail)
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** In the process that `runOn` started: ends with its launcher, even one that was killed. The channel carries nothing else. */
function endWithLauncher() {
  delete process.env.MILLRACE_LAUNCHED
  process.on('disconnect', function () {
    process.kill(process.pid, 'SIGTERM')
  })
  process.channel.unref()
}

function fail(error) {
  console.error(error)
  process.exit(3)
}

var node = isNewEnough(process.versions.node) ? null : installedNode()
if (isNewEnough(process.versions.node)) {
  if (process.env.MILLRACE_LAUNCHED === '1' && process.connected) endWithLauncher()
  var source = path.join(__dirname, '../src/main.ts') // in a clone; never published
  require('module').enableCompileCache()
  if (fs.existsSync(source)) import(require('url').pathToFileURL(source).href).catch(fail)
  else
    try {
      var built = path.join(__dirname, '../dist/cli/cli.cjs')
      if (!require('./cached.cjs')(built, process.argv[2] || '')) require(built)
    } catch (error) {
      fail(error)
    }
} else if (node !== null) runOn(node)
else {
  console.error('millrace: Needs Node ' + NEEDED.join('.') + ' or newer, and this is ' + process.versions.node)
  if (process.platform === 'linux')
    console.error('Install a newer Node, or run: npx -p ' + nodePackage + '@24 -p millrace millrace')
  process.exit(3)
}
